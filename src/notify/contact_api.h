#pragma once

#include <functional>
#include <memory>

#include "access/access.h"
#include "catalog/catalog.h"
#include "net/http.h"
#include "notify/contact_book.h"

namespace tocsin::notify {

struct ContactApiParts {
  access::Gate& gate;
  ContactBook& book;
  std::function<std::shared_ptr<const catalog::Catalog>()> catalog;  // the one in use; thread-safe
};

// GET /api/v1/people, GET /api/v1/people/{id}/contacts, and POST .../contacts/{contact}/verify and
// .../confirm, for responders: the code is the proof, whoever gives it back. {contact} is its name
// or its place from 1 on. Everything outlives the router's use.
void add_contact_routes(net::Router& router, ContactApiParts parts);

}  // namespace tocsin::notify

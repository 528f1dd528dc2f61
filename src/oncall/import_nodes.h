#pragma once

#include <string>
#include <vector>

#include "oncall/import.h"

// How the writer of imports puts documents together, and what the catalog says to them.
namespace tocsin::oncall {

// A quoted text. Control characters are no part of what people read, and the catalog refuses a NUL.
codec::Node text_node(std::string value);
codec::Node plain_node(std::string value);
codec::Node list_node(std::vector<codec::Node> items);
codec::Node mapping_node(std::vector<codec::Field> fields);
codec::Node document_node(std::string kind, std::string name, codec::Node spec);
codec::Node hours_node(const calendar::WeeklyHours& hours);

// Takes out the documents that the catalog would refuse, and says so in the plan: one thing that it
// does not take must not keep all others out. Whatever referred to it is refused next, so this is
// repeated until it says false.
bool leave_out_refused(Import& import);

}  // namespace tocsin::oncall

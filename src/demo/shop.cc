#include "demo/shop.h"

#include <fmt/format.h>

namespace tocsin::demo {
namespace {

// Database connections of the checkout. With a healthy query of 20 ms they serve 200 orders a
// second; when a query takes 400 ms, 10, which is less than the load.
constexpr int kPoolSize = 4;
constexpr Duration kPoolPatience = milliseconds(250);
constexpr Duration kPaymentPatience = seconds(1);

// A pool of connections: take one or give up.
class Pool {
 public:
  bool take(Duration patience) {
    std::unique_lock lock(mutex_);
    if (!free_.wait_for(lock, patience, [this] { return left_ > 0; })) return false;
    --left_;
    return true;
  }
  void give_back() {
    std::scoped_lock lock(mutex_);
    ++left_;
    free_.notify_one();
  }

 private:
  std::mutex mutex_;
  std::condition_variable free_;
  int left_ = kPoolSize;
};

}  // namespace

// One service: its routes, its metrics, its server.
class Shop::Service {
 public:
  explicit Service(ShopParts parts) : parts_(parts) {
    router_.add("GET", "/metrics", [this](const net::Request&) {
      return net::Response::text(200, metrics_.to_text());
    });
  }
  virtual ~Service() { stop(); }

  Result<int> start(int port) {
    net::ServerOptions options;
    options.listen = fmt::format("127.0.0.1:{}", port);
    options.loops = 1;
    options.workers = 32;  // handlers wait for each other
    ASSIGN_OR_RETURN(server_, net::Server::start(router_, options, parts_.clock, parts_.rng,
                                                 parts_.log, server_metrics_));
    return server_->port();
  }
  void stop() {
    if (server_) server_->stop(seconds(2));
    server_.reset();
  }

 protected:
  // Adds a route whose answers are counted and timed as people instrument their services.
  void serve(const std::string& method, const std::string& path, net::Handler handler) {
    Histogram& took =
        metrics_.histogram("http_request_duration_seconds", "Time to answer", {{"handler", path}});
    // Born at zero, so that the first failure counts.
    for (const char* code : {"200", "500", "503", "504"}) answers(path, method, code);
    router_.add(method, path, [this, method, path, &took, handler](const net::Request& request) {
      const Duration begun = parts_.clock.monotonic();
      net::Response response = handler(request);
      took.observe(to_seconds(parts_.clock.monotonic() - begun));
      answers(path, method, std::to_string(response.status)).add();
      return response;
    });
  }

  // The status of a call to a neighbour; 504 when it does not answer in time.
  int call(const std::string& method, int port, const std::string& path, Duration patience) {
    net::HttpCall c;
    c.method = method;
    c.url = fmt::format("http://127.0.0.1:{}{}", port, path);
    c.timeout = patience;
    const auto answer = parts_.client.call_and_wait(std::move(c));
    if (answer) return answer->status;
    return answer.error().code == Code::kDeadlineExceeded ? 504 : 503;
  }

  void work(Duration d) { parts_.pause.wait(d); }
  bool is_on(Fault fault) const { return parts_.faults.is_on(fault); }

  ShopParts parts_;
  Metrics metrics_;

 private:
  Counter& answers(const std::string& path, const std::string& method, const std::string& code) {
    return metrics_.counter("http_requests_total", "Requests answered",
                            {{"handler", path}, {"method", method}, {"code", code}});
  }

  Metrics server_metrics_;  // the server's own, not shown
  net::Router router_;
  std::unique_ptr<net::Server> server_;

 public:
  class Inventory;
  class Payment;
  class Checkout;
  class Front;
};

class Shop::Service::Inventory final : public Service {
 public:
  explicit Inventory(ShopParts parts) : Service(parts) {
    serve("GET", "/stock", [this](const net::Request&) {
      work(milliseconds(3 + parts_.rng.below(5)));
      return net::Response::json(200, codec::JsonObject{{"in_stock", true}});
    });
  }
};

class Shop::Service::Payment final : public Service {
 public:
  explicit Payment(ShopParts parts) : Service(parts) {
    serve("POST", "/charges", [this](const net::Request&) {
      work(is_on(Fault::kPaymentSlow) ? Duration(seconds(2))
                                      : Duration(milliseconds(10 + parts_.rng.below(15))));
      return net::Response::json(200, codec::JsonObject{{"charged", true}});
    });
  }
};

class Shop::Service::Checkout final : public Service {
 public:
  Checkout(ShopParts parts, int payment_port) : Service(parts) {
    serve("POST", "/orders", [this, payment_port](const net::Request&) {
      if (is_on(Fault::kTotalOutage)) return net::Response::text(503, "no orders today\n");
      if (!pool_.take(kPoolPatience)) {
        return net::Response::text(503, "no database connection within 250 ms\n");
      }
      work(is_on(Fault::kCheckoutPool) ? milliseconds(400) : milliseconds(20));
      pool_.give_back();
      const int status = call("POST", payment_port, "/charges", kPaymentPatience);
      if (status != 200) return net::Response::text(status, "payment did not answer\n");
      return net::Response::json(200, codec::JsonObject{{"ordered", true}});
    });
  }

 private:
  Pool pool_;
};

class Shop::Service::Front final : public Service {
 public:
  Front(ShopParts parts, int checkout_port, int inventory_port) : Service(parts) {
    serve("GET", "/", [this, inventory_port](const net::Request&) {
      const int stock = call("GET", inventory_port, "/stock", seconds(1));
      if (is_broken_version() || stock != 200) return net::Response::text(500, "the page broke\n");
      return net::Response::html(200, "<!doctype html><title>Shop</title><p>Welcome.</p>");
    });
    serve("POST", "/checkout", [this, checkout_port](const net::Request&) {
      const int status = call("POST", checkout_port, "/orders", seconds(3));
      return net::Response::text(status, status == 200 ? "thank you\n" : "please try again\n");
    });
  }

 private:
  bool is_broken_version() const { return is_on(Fault::kDeployBad) && parts_.rng.below(8) == 0; }
};

Result<> Shop::start(std::unique_ptr<Service> service, int& port) {
  ASSIGN_OR_RETURN(port, service->start(port));
  services_.push_back(std::move(service));
  return {};
}

Result<std::unique_ptr<Shop>> Shop::open(ShopParts parts, ShopPorts ports) {
  std::unique_ptr<Shop> shop(new Shop(parts));
  shop->ports_ = ports;
  ShopPorts& p = shop->ports_;
  RETURN_IF_ERROR(shop->start(std::make_unique<Service::Inventory>(parts), p.inventory));
  RETURN_IF_ERROR(shop->start(std::make_unique<Service::Payment>(parts), p.payment));
  RETURN_IF_ERROR(shop->start(std::make_unique<Service::Checkout>(parts, p.payment), p.checkout));
  RETURN_IF_ERROR(
      shop->start(std::make_unique<Service::Front>(parts, p.checkout, p.inventory), p.front));
  return shop;
}

Shop::Shop(ShopParts parts) : parts_(parts) {}

Shop::~Shop() { stop(); }

void Shop::stop() {
  // Callers first, so that nobody calls a neighbour that is gone.
  while (!services_.empty()) services_.pop_back();
}

}  // namespace tocsin::demo

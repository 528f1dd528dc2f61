#include "net/smtp_catcher.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <atomic>
#include <csignal>
#include <list>
#include <mutex>
#include <thread>

#include "net/listener.h"
#include "net/smtp_dialog.h"
#include "net/tls_context.h"

namespace tocsin::net {
namespace {

constexpr size_t kMostConnections = 64;
constexpr size_t kLongestLine = 64 << 10;

// A blocking connection that reads lines; TLS from start_tls() on.
class LineSocket {
 public:
  explicit LineSocket(int fd) : fd_(fd), tls_(nullptr, &SSL_free) {
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
  }

  bool start_tls(SSL_CTX* context) {
    buffer_.clear();  // what was sent before the handshake is not to be trusted
    tls_.reset(SSL_new(context));
    SSL_set_fd(tls_.get(), fd_);
    return SSL_accept(tls_.get()) == 1;
  }

  // Without CRLF; nothing at the end of the connection or when a line is too long.
  std::optional<std::string> read_line() {
    for (;;) {
      const size_t end = buffer_.find("\r\n");
      if (end != std::string::npos) {
        std::string line = buffer_.substr(0, end);
        buffer_.erase(0, end + 2);
        return line;
      }
      char bytes[4096];
      const ssize_t n =
          tls_ ? SSL_read(tls_.get(), bytes, sizeof bytes) : ::recv(fd_, bytes, sizeof bytes, 0);
      if (n <= 0 || buffer_.size() > kLongestLine) return std::nullopt;
      buffer_.append(bytes, static_cast<size_t>(n));
    }
  }

  bool write(std::string_view text) {
    while (!text.empty()) {
      const ssize_t n = tls_ ? SSL_write(tls_.get(), text.data(), static_cast<int>(text.size()))
                             : ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
      if (n <= 0) return false;
      text.remove_prefix(static_cast<size_t>(n));
    }
    return true;
  }

 private:
  const int fd_;
  std::string buffer_;
  std::unique_ptr<SSL, decltype(&SSL_free)> tls_;
};

class Catcher final : public SmtpCatcher {
 public:
  Catcher(std::unique_ptr<Listener> listener, OnMail on_mail, std::shared_ptr<SSL_CTX> tls,
          const SmtpCatcherOptions& options)
      : on_mail_(std::move(on_mail)),
        tls_(std::move(tls)),
        mood_(options.mood),
        wants_cram_md5_(options.wants_cram_md5),
        listener_(std::move(listener)) {
    listener_->start([this](Fd socket, const std::string&) { accepted(std::move(socket)); });
  }
  ~Catcher() override;
  int port() const override { return listener_->port(); }
  void set_mood(SmtpMood mood) override { mood_ = mood; }

 private:
  struct Talk {
    Fd socket;
    std::thread thread;
    std::atomic<bool> is_over = false;
  };
  void accepted(Fd socket);
  void talk(int fd);
  void forget_ended();

  const OnMail on_mail_;
  const std::shared_ptr<SSL_CTX> tls_;
  std::atomic<SmtpMood> mood_;
  const bool wants_cram_md5_;
  std::mutex mail_mutex_;  // one mail at a time
  std::list<Talk> talks_;  // of the listener's thread while it runs
  std::unique_ptr<Listener> listener_;
};

Catcher::~Catcher() {
  listener_->stop();
  for (Talk& talk : talks_) {
    ::shutdown(talk.socket.get(), SHUT_RDWR);
    talk.thread.join();
  }
}

void Catcher::forget_ended() {
  for (auto it = talks_.begin(); it != talks_.end();) {
    if (!it->is_over) {
      ++it;
      continue;
    }
    it->thread.join();
    it = talks_.erase(it);
  }
}

void Catcher::accepted(Fd socket) {
  forget_ended();
  if (talks_.size() >= kMostConnections) {
    constexpr std::string_view kBusy = "421 too many connections\r\n";
    ::send(socket.get(), kBusy.data(), kBusy.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    return;
  }
  Talk& entry = talks_.emplace_back();
  entry.socket = std::move(socket);
  entry.thread = std::thread([this, &entry] {
    talk(entry.socket.get());
    ::shutdown(entry.socket.get(), SHUT_RDWR);
    entry.is_over = true;
  });
}

void Catcher::talk(int fd) {
  LineSocket socket(fd);
  SmtpDialog dialog(tls_ != nullptr, false, wants_cram_md5_);
  if (!socket.write(SmtpDialog::greeting())) return;
  while (const auto line = socket.read_line()) {
    SmtpDialog::Step step = dialog.take(*line, mood_);
    if (step.mail) {
      // Kept before the client hears of it: who was told "taken" finds it.
      const std::lock_guard lock(mail_mutex_);
      on_mail_(*std::move(step.mail));
    }
    if (!socket.write(step.reply) || step.close) return;
    if (!step.start_tls) continue;
    if (!socket.start_tls(tls_.get())) return;
    dialog.tls_started();
  }
}

}  // namespace

Result<std::unique_ptr<SmtpCatcher>> SmtpCatcher::start(int port, OnMail on_mail,
                                                        SmtpCatcherOptions options) {
  std::shared_ptr<SSL_CTX> tls;
  if (options.tls) {
    ASSIGN_OR_RETURN(tls, load_tls(*options.tls));
    std::signal(SIGPIPE, SIG_IGN);  // SSL_write cannot ask send(2) for this
  }
  ASSIGN_OR_RETURN(auto listener, Listener::bind(fmt::format("127.0.0.1:{}", port)));
  return std::make_unique<Catcher>(std::move(listener), std::move(on_mail), std::move(tls),
                                   options);
}

}  // namespace tocsin::net

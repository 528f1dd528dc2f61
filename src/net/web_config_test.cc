#include "net/web_config.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/text.h"

namespace tocsin::net {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kHash =
    "$2b$04$abcdefghijklmnopqrstuugIEnm3ZbWF6xb2GcoE3L1CoGJFMKtu.";  // swordfish

class WebConfigTest : public ::testing::Test {
 protected:
  WebConfigTest() {
    char name[] = "/tmp/tocsin-web-XXXXXX";
    folder_ = mkdtemp(name);
  }
  ~WebConfigTest() override { std::filesystem::remove_all(folder_); }
  std::string write(const std::string& text) {
    std::ofstream(folder_ + "/web.yml") << text;
    return folder_ + "/web.yml";
  }
  std::string problem(const std::string& text) {
    const auto config = load_web_config(write(text));
    return config ? "none" : config.error().message;
  }
  std::string folder_;
};

TEST_F(WebConfigTest, ReadsWhatTheReferencesPageShows) {
  const auto config = load_web_config(write(R"(
tls_server_config:
  cert_file: server.crt
  key_file: /etc/keys/server.key
  client_auth_type: RequireAndVerifyClientCert
  client_ca_file: ca/clients.pem
  min_version: TLS13
  max_version: TLS13
  prefer_server_cipher_suites: false
http_server_config:
  http2: false
  headers:
    X-Frame-Options: deny
    Strict-Transport-Security: max-age=31536000
basic_auth_users:
  ada: )" + kHash));
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->tls->certificate, folder_ + "/server.crt");
  EXPECT_EQ(config->tls->key, "/etc/keys/server.key");
  EXPECT_EQ(config->tls->client_ca, folder_ + "/ca/clients.pem");
  EXPECT_EQ(config->tls->client_auth, ClientAuth::kRequireAndVerify);
  EXPECT_EQ(config->tls->min_version, 13);
  EXPECT_FALSE(config->tls->prefers_server_ciphers);
  EXPECT_EQ(config->headers.size(), 2u);
  EXPECT_EQ(config->users.at("ada").reveal(), kHash);
}

TEST_F(WebConfigTest, AnEmptyFileAsksForNothing) {
  for (const char* text : {"", "# nothing\n", "{}", "basic_auth_users:\n"}) {
    const auto config = load_web_config(write(text));
    ASSERT_TRUE(config) << text << config.error().message;
    EXPECT_FALSE(config->tls);
    EXPECT_TRUE(config->users.empty());
  }
}

TEST_F(WebConfigTest, NamesLineAndFieldOfWhatIsNotDoneOrWrong) {
  EXPECT_THAT(problem("tls_server_config:\n  cert_file: a\n"),
              AllOf(HasSubstr("web.yml:1:"), HasSubstr("tls_server_config.key_file")));
  const std::string tls = "tls_server_config:\n  cert_file: a\n  key_file: b\n  ";
  EXPECT_THAT(problem(tls + "cipher_suites: [TLS_AES_128_GCM_SHA256]\n"),
              AllOf(HasSubstr("web.yml:4:"), HasSubstr("tls_server_config.cipher_suites"),
                    HasSubstr("is not done here")));
  EXPECT_THAT(problem(tls + "client_allowed_sans: [x]\n"), HasSubstr("client_allowed_sans"));
  EXPECT_THAT(problem(tls + "curve_preferences: [X25519]\n"), HasSubstr("curve_preferences"));
  EXPECT_THAT(problem(tls + "cert: PEM\n"), HasSubstr("name that in cert_file"));
  EXPECT_THAT(problem(tls + "min_version: TLS11\n"), HasSubstr("too old"));
  EXPECT_THAT(problem(tls + "min_version: TLS13\n  max_version: TLS12\n"),
              HasSubstr("below min_version"));
  EXPECT_THAT(problem(tls + "client_auth_type: Sometimes\n"),
              AllOf(HasSubstr("client_auth_type"), HasSubstr("RequireAndVerifyClientCert")));
  EXPECT_THAT(problem(tls + "client_ca_file: ca\n"), HasSubstr("client_auth_type"));
  EXPECT_THAT(problem("rate_limit: {interval: 1s, burst: 20}\n"),
              AllOf(HasSubstr("web.yml:1:"), HasSubstr("rate_limit")));
  EXPECT_THAT(problem("http_server_config: {headers: {X-Frame-Options: maybe}}\n"),
              HasSubstr("deny or sameorigin"));
  EXPECT_THAT(problem("http_server_config: {headers: {X-Frame-Options: maybe, Server: x}}\n"),
              HasSubstr("http_server_config.headers.Server"));
  EXPECT_THAT(problem("basic_auth_user: {}\n"), HasSubstr("did you mean 'basic_auth_users'"));
  EXPECT_THAT(problem("a: [\n"), HasSubstr("web.yml:2"));
}

TEST_F(WebConfigTest, APlainPasswordIsRefusedAndNotShown) {
  EXPECT_THAT(problem("basic_auth_users:\n  ada: swordfish\n"),
              AllOf(HasSubstr("'ada' has no bcrypt hash"), Not(HasSubstr("swordfish"))));
}

TEST_F(WebConfigTest, AFileThatIsNotThereIsNamed) {
  const auto config = load_web_config(folder_ + "/other.yml");
  ASSERT_FALSE(config);
  EXPECT_THAT(config.error().message, HasSubstr("other.yml cannot be read"));
}

TEST_F(WebConfigTest, TheGateAsksAndTakesNewUsers) {
  SeededRng rng(1);
  const std::string file = write(
      "http_server_config: {headers: {X-Frame-Options: deny}}\nbasic_auth_users: {ada: " + kHash +
      "}\n");
  WebGate gate(file, load_web_config(file).value(), rng);
  const Handler handler = [](const Request&) { return Response::text(200, "in"); };
  Request request;
  Response out = gate.pass(request, handler);
  EXPECT_EQ(out.status, 401);
  EXPECT_EQ(out.body, "Unauthorized\n");
  EXPECT_EQ(out.headers.get("WWW-Authenticate"), "Basic");
  EXPECT_EQ(out.headers.get("X-Frame-Options"), "deny");
  request.headers.add("Authorization", "Basic " + base64("ada:swordfish"));
  out = gate.pass(request, handler);
  EXPECT_EQ(out.status, 200);
  EXPECT_EQ(out.headers.get("X-Frame-Options"), "deny");

  write("basic_auth_users: {ada: broken}\n");
  EXPECT_FALSE(gate.read());
  EXPECT_EQ(gate.pass(request, handler).status, 200);
  write("basic_auth_users: {grace: " + kHash + "}\n");
  gate.use(gate.read().value());
  EXPECT_EQ(gate.pass(request, handler).status, 401);
  write("tls_server_config: {cert_file: a, key_file: b}\n");
  EXPECT_THAT(gate.read().error().message, HasSubstr("needs a new start"));
}

}  // namespace
}  // namespace tocsin::net

#pragma once

#include <span>
#include <string>
#include <string_view>

#include "net/client.h"
#include "receiver/integration.h"

namespace tocsin::receiver {

// What becomes of a try, by the rules of the reference (alertmanager notify/util.go, Retrier): 2xx
// is taken, 5xx and whatever did not arrive is worth another try, all else is not. A kind may name
// further statuses that are tried again. `reason` is the label of
// alertmanager_notifications_failed_total.

std::string_view reason_of_status(int status);  // clientError, serverError, other

// `told` is what the provider said about it, without secrets; empty if nothing.
Sent judge_status(int status, std::span<const int> also_retried, std::string_view told);

// The client's own failure: nothing was answered.
SendFailure failure_of(Error error);
// What cannot be sent as it is; never tried again.
SendFailure refusal(Error error);

// A provider's answer on one line, at most 300 bytes, for a person.
std::string one_line(std::string_view answer);

}  // namespace tocsin::receiver

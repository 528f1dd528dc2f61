#include <fmt/format.h>

#include <algorithm>

#include "alert/alert_store.h"
#include "base/text.h"
#include "incident/answer_words.h"
#include "incident/channel_desk.h"
#include "incident/incident_channel.h"
#include "incident/incident_text.h"
#include "incident/lifecycle.h"
#include "incident/severity.h"
#include "notify/incident_room.h"
#include "notify/render_words.h"
#include "notify/retry.h"
#include "store/logbook.h"

namespace tocsin::incident {
namespace {

using RowState = ChannelRow::State;

// Whoever is paged later is invited within this time.
constexpr Duration kLookForGuests = minutes(1);
constexpr size_t kMostGuests = 100;  // of one call

bool has(const std::vector<std::string>& all, const std::string& one) {
  return std::ranges::find(all, one) != all.end();
}

}  // namespace

// One thing at a time; each is asked for again until Slack has answered.
Result<> ChannelDesk::keep_up(engine::Tx& tx, ChannelRow row, const Incident& incident) {
  // Slack posts a line for each change: only another severity is worth one.
  if (!row.topic.starts_with(severity_name(incident.severity) + " ")) {
    return set_topic(tx, row, channel_topic(incident, incident_url(incident, external_url_)));
  }
  ASSIGN_OR_RETURN(const Guests new_guests, guests(tx, row));
  if (!new_guests.ids.empty()) return invite(tx, row, new_guests);
  if (is_open(incident.state)) return set_timer(tx, row, kLookForGuests);
  if (!row.archive_at) return {};
  if (tx.now() >= *row.archive_at) return archive(tx, row);
  return set_timer(tx, row, *row.archive_at - tx.now());
}

Result<> ChannelDesk::set_topic(engine::Tx& tx, const ChannelRow& row, std::string topic) {
  Form form{{"channel", row.channel}, {"topic", topic}};
  return call(tx, row, "conversations.setTopic", std::move(form),
              [topic = std::move(topic)](ChannelDesk& desk, engine::Tx& later, ChannelRow now,
                                         const notify::SlackReply& reply) -> Result<> {
                if (!reply.body && notify::may_pass(reply.body.error().code)) {
                  return desk.try_again(later, std::move(now), reply);
                }
                // A channel without its topic is still a channel.
                now.problem = reply.body ? "" : reply.body.error().message;
                now.topic = topic;
                now.tries = 0;
                RETURN_IF_ERROR(put_channel(later.sql(), now));
                return desk.set_timer(later, now, Duration(0));
              });
}

// Who was paged, is known to Slack, and was not invited yet.
Result<ChannelDesk::Guests> ChannelDesk::guests(engine::Tx& tx, const ChannelRow& row) {
  Guests out;
  ASSIGN_OR_RETURN(const auto people, pager_.people_paged(tx.sql(), row.incident));
  const auto known = catalog();
  for (const catalog::PersonId& id : people) {
    if (has(row.invited, id.value())) continue;
    if (out.ids.size() >= kMostGuests) break;
    const catalog::Person* person = known->person(id);
    if (person == nullptr) continue;
    const auto contact = std::ranges::find_if(person->contacts, notify::is_slack_member);
    if (contact == person->contacts.end()) continue;
    out.people.push_back(id.value());
    out.ids.push_back(contact->address);
  }
  return out;
}

// `force`: those that cannot be invited do not hold up the others
// (https://docs.slack.dev/reference/methods/conversations.invite).
Result<> ChannelDesk::invite(engine::Tx& tx, const ChannelRow& row, const Guests& guests) {
  return call(tx, row, "conversations.invite",
              {{"channel", row.channel}, {"users", join(guests.ids, ",")}, {"force", "true"}},
              [people = guests.people](ChannelDesk& desk, engine::Tx& later, ChannelRow now,
                                       const notify::SlackReply& reply) -> Result<> {
                if (!reply.body && notify::may_pass(reply.body.error().code)) {
                  return desk.try_again(later, std::move(now), reply);
                }
                const bool is_fine = reply.body || reply.error == "already_in_channel";
                now.invited.insert(now.invited.end(), people.begin(), people.end());
                now.tries = 0;
                now.problem = is_fine ? "" : reply.body.error().message;
                if (!is_fine) {
                  later.after_commit([&desk, id = now.incident, why = now.problem] {
                    desk.log_.warn("people could not be invited to the channel of an incident",
                                   {{"incident", id}, {"error", why}});
                  });
                }
                RETURN_IF_ERROR(put_channel(later.sql(), now));
                return desk.set_timer(later, now, Duration(0));
              });
}

Result<> ChannelDesk::archive(engine::Tx& tx, const ChannelRow& row) {
  return call(tx, row, "conversations.archive", {{"channel", row.channel}},
              [](ChannelDesk& desk, engine::Tx& later, ChannelRow now,
                 const notify::SlackReply& reply) -> Result<> {
                if (!reply.body && notify::may_pass(reply.body.error().code)) {
                  return desk.try_again(later, std::move(now), reply);
                }
                const bool is_done = reply.body || reply.error == "already_archived";
                now.archive_at.reset();
                now.tries = 0;
                now.problem = is_done ? "" : reply.body.error().message;
                if (is_done) now.state = RowState::kArchived;
                RETURN_IF_ERROR(put_channel(later.sql(), now));
                if (!is_done) return {};
                return desk.append(later, now.incident, "incident.channel_archived",
                                   store::system_actor("incident"), {{"name", now.name}});
              });
}

Result<> ChannelDesk::tell_first(engine::Tx& tx, const ChannelRow& row, const Incident& incident) {
  ASSIGN_OR_RETURN(const auto alerts, alert::alerts_of_incident(tx.sql(), incident.id));
  const auto cause = std::ranges::find(alerts, slo::Severity::kPage, &alert::Alert::severity);
  notify::Message message = cause == alerts.end() ? recovery_message(incident, "", external_url_)
                                                  : page_message(incident, *cause, external_url_);
  message.is_page = false;
  if (cause == alerts.end()) message.title = incident.title;
  RETURN_IF_ERROR(tell(tx, row, incident, notify::kRoomSubject, std::move(message)));
  // What happened while the channel was on its way.
  if (!is_open(incident.state)) return tell_news(tx, row, incident, IncidentNews::kState, "");
  if (incident.who_has_it.empty()) return {};
  return tell_news(tx, row, incident, IncidentNews::kAcknowledged,
                   store::name_of_actor(incident.who_has_it));
}

Result<> ChannelDesk::tell_news(engine::Tx& tx, const ChannelRow& row, const Incident& incident,
                                IncidentNews news, const std::string& who) {
  notify::Message message = recovery_message(incident, "", external_url_);
  message.first_step.clear();
  const std::string by = who.empty() ? "" : " \xc2\xb7 " + who;
  switch (news) {
    case IncidentNews::kOpened: return {};
    case IncidentNews::kAcknowledged:
      message.title = notify::words_of(options_.language).who_has_it(who);
      break;
    case IncidentNews::kSeverity: message.title = severity_name(incident.severity) + by; break;
    case IncidentNews::kState:
      message.title = std::string(Words(options_.language).state(incident.state)) + by;
      break;
  }
  return tell(tx, row, incident, notify::kRoomUpdateSubject, std::move(message));
}

Result<> ChannelDesk::tell(engine::Tx& tx, const ChannelRow& row, const Incident& incident,
                           std::string_view subject, notify::Message message) {
  catalog::Person room{.id = catalog::PersonId("#" + row.name), .name = row.name};
  room.language = options_.language;
  const catalog::Contact contact{
      .kind = catalog::Contact::Kind::kSlackUser, .name = "slack_user", .address = row.channel};
  RETURN_IF_ERROR(outbox_.enqueue(tx, notify::Subject{std::string(subject), incident.id}, room,
                                  contact, std::move(message)));
  return {};
}

}  // namespace tocsin::incident

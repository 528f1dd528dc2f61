// Made by tools/apigen from api/openapi.yaml; do not edit.
export interface paths {
    "/api/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who calls */
        get: operations["whoAmI"];
        put?: never;
        /** Sign in; sets the cookie `tocsin_session` */
        post: operations["signIn"];
        /** Sign out */
        delete: operations["signOut"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Change one's own password; the user's other sessions end. 403 when the old one is wrong, 409 with a token */
        post: operations["changeOwnPassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** API tokens, without their secrets (admin) */
        get: operations["listTokens"];
        put?: never;
        /** Make an API token; its secret is shown once (admin) */
        post: operations["createToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revoke a token (admin) */
        delete: operations["revokeToken"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Users (admin) */
        get: operations["listUsers"];
        put?: never;
        /** Add a user; a password is made when none is given, and shown once (admin) */
        post: operations["addUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Remove a user with their sessions and the tokens that they made (admin); 409 for oneself and for the last admin */
        delete: operations["removeUser"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{name}/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Set a user's password and end their sessions (admin); one is made when none is given, and shown once */
        post: operations["setPassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notify/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send a person a message that says that it is a test; answers at once with the deliveries to follow */
        post: operations["testPerson"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notify/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What each contact of a person would get, made by the channels themselves; nothing is sent, and secrets are masked */
        post: operations["previewPerson"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notify/dead-letters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Messages that were given up, newest first; kept for 30 days after that */
        get: operations["listDeadLetters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notify/dead-letters/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send it again as a new delivery that says that it may be one, to the contact as it is now; 409 when it has not failed, was sent again already, or the person or the contact is gone */
        post: operations["retryDeadLetter"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notify/deliveries/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What became of a delivery; kept for 30 days after its end */
        get: operations["readDelivery"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notify/channels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How each channel and provider fares */
        get: operations["listChannels"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/people": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** People of the catalog, the ways to reach them, and which of these were verified */
        get: operations["listPeople"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/people/{id}/contacts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The ways to reach a person, and which of these were verified */
        get: operations["readContacts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/people/{id}/contacts/{contact}/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send a code of six digits to a contact; one that was sent before is void. 429 when too many or too soon */
        post: operations["verifyContact"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/people/{id}/contacts/{contact}/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give the code back. 400 when it is wrong, 409 when no code is good (any more) */
        post: operations["confirmContact"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/push/key": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The public key with which a browser subscribes (applicationServerKey, base64url) */
        get: operations["readPushKey"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/push/subscriptions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The browsers to which my pages are sent, the oldest first */
        get: operations["listPushSubscriptions"];
        put?: never;
        /** Send my pages to this browser too */
        post: operations["subscribePush"];
        /** Send nothing to this browser any more */
        delete: operations["unsubscribePush"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/push/subscriptions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Send nothing to this browser of mine any more */
        delete: operations["removePushSubscription"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The server in one glance */
        get: operations["status"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reload": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Read the catalog again, all or nothing (admin) */
        post: operations["reload"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/catalog": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Teams, people (without addresses) and services */
        get: operations["readCatalog"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/alerts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Alerts, the firing ones first, newest first */
        get: operations["listAlerts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/alerts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One alert */
        get: operations["readAlert"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/alerts/{id}/split": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A posted alert is another problem; until it ends it is an alert by itself */
        post: operations["splitAlert"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/posted-alerts/acknowledge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Acknowledge several; those that are unknown or resolved are refused, the others marked */
        post: operations["acknowledgePostedAlerts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/posted-alerts/snooze": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Snooze several; those that are unknown or resolved are refused, the others marked */
        post: operations["snoozePostedAlerts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/posted-alerts/{fingerprint}/acknowledge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Acknowledge it for this firing, so that it is not told again by repeat_interval; the first one holds. 409 when it is resolved */
        post: operations["acknowledgePostedAlert"];
        /** Take the acknowledgement back */
        delete: operations["unacknowledgePostedAlert"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/posted-alerts/{fingerprint}/snooze": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Not told until a time, then told as new if it still fires. 409 when it is resolved */
        post: operations["snoozePostedAlert"];
        /** End the snooze now, as if its time had come */
        delete: operations["unsnoozePostedAlert"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/silences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Silences, the active ones first; those that are not over by default */
        get: operations["listSilences"];
        put?: never;
        /** Add a silence, with comment and author */
        post: operations["addSilence"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/silences/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What a silence would hide if it began now, and what speaks against it */
        post: operations["previewSilence"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/silences/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End a silence now */
        delete: operations["expireSilence"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/recurring-silences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Silences that come again */
        get: operations["listRecurringSilences"];
        put?: never;
        /** Add one; each occurrence becomes a silence five minutes before it begins */
        post: operations["addRecurringSilence"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/recurring-silences/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Delete one and end the silence that it made */
        delete: operations["deleteRecurringSilence"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/posted-alerts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Alerts that others post, for screens and programs */
        get: operations["listPostedAlerts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/posted-alerts/{fingerprint}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One posted alert with its groups; 404 when it is over and forgotten */
        get: operations["readPostedAlert"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/posted-alerts/{fingerprint}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What happened to a posted alert, the newest first; also when it is forgotten */
        get: operations["readPostedAlertHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/alert-groups/{group}/notifications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was told of a group of posted alerts, the newest first; kept as long as the notification log */
        get: operations["listGroupNotifications"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/alert-history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Search what happened to posted alerts, the newest first; one request looks at 200,000 entries at most */
        get: operations["searchAlertHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/routes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The routing tree of the alertmanager.yml in use, and its receivers */
        get: operations["readRoutes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/routes/walk": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Walk an alert through the routes and say who would be told of it, when, and why or why not; changes nothing */
        post: operations["walkRoutes"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/doors/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Alerts in a format of somebody else's; `name` is grafana, alertmanager, or a Door of the catalog (docs/doors.md). 400 when some were left out; the others are kept */
        post: operations["postToDoor"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/heartbeats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is expected to call in, by name */
        get: operations["listHeartbeats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/heartbeats/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The same, for a job that can only fetch a URL */
        get: operations["pingHeartbeatByGet"];
        put?: never;
        /** A heartbeat calls in */
        post: operations["pingHeartbeat"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/incidents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Incidents, newest first */
        get: operations["listIncidents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/incidents/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One incident with its alerts, its escalation and its timeline; `id` may be its number */
        get: operations["readIncident"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/incidents/{id}/timeline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** An incident's timeline in pages, in order of happening */
        get: operations["readTimeline"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/incidents/{id}/acknowledge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** I have it; nobody else is rung */
        post: operations["acknowledgeIncident"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/incidents/{id}/escalate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ring the next people now, also when somebody has it */
        post: operations["escalateIncident"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/incidents/{id}/channel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Open a channel in Slack for it; changes nothing when it is there or on its way */
        post: operations["openIncidentChannel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/incidents/{id}/snooze": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take it for a time; then it rings from the first step again, unless it is over */
        post: operations["snoozeIncident"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/escalation-policies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** By which policies teams are paged; the list of a team that names none has the team's name after "team:" */
        get: operations["listEscalationPolicies"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/escalation-policies/{id}/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What would happen if an incident began at a time and nobody answered */
        get: operations["previewEscalationPolicy"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/on-call/load": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How many pages each person had in working, free and sleeping hours of their zone */
        get: operations["readOnCallLoad"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/incidents/{id}/state": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Move an incident on; resolved is refused while its alerts fire */
        post: operations["setIncidentState"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/incidents/{id}/severity": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Set the severity, 1 to 5 */
        post: operations["setIncidentSeverity"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/incidents/{id}/notes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Write a line into the timeline */
        post: operations["addIncidentNote"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/objectives": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Objectives with their budgets and tiers */
        get: operations["listObjectives"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/objectives/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One objective; `id` is its name */
        get: operations["readObjective"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/objectives/{id}/chart": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Counts over time for a chart, at most 1,500 points */
        get: operations["chartObjective"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/signals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Signals with what feeds them */
        get: operations["listSignals"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/signals/{id}/chart": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A signal over time, at most 1,500 points a stream, the largest streams first */
        get: operations["chartSignal"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/logbook": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Entries after a sequence number, in order */
        get: operations["readLogbook"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Live logbook entries as server-sent events, at most twice a second
         * @description First `event: hello` with `{"seq":N,"build":"..."}`. Then `event: entries`, `id: <seq of the last>`, data an
         *     array of Entry. `event: pulse` every 2 s while objectives change: `{"objectives":[{name,state,burn_short...}]}` in the
         *     shape of ObjectivePulse. Resume with `Last-Event-ID` or `since`; `event: reset` says that the gap is too long: read anew.
         */
        get: operations["stream"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/write": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Prometheus remote write 1.0 and 2.0
         * @description snappy-compressed protobuf. 2.0 answers carry X-Prometheus-Remote-Write-{Samples,Histograms,Exemplars}-Written.
         */
        post: operations["remoteWrite"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/-/healthy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The process runs */
        get: operations["healthy"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/-/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The server takes requests; 503 while it starts or stops */
        get: operations["ready"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Our own metrics in the Prometheus text format */
        get: operations["metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/p/{token}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The page behind a link in a message, plain HTML */
        get: operations["pageView"];
        put?: never;
        /** Acknowledge, escalate, snooze or resolve, as a plain form post; of a bundle, all of its incidents (never resolve) */
        post: operations["pageAnswer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/on-call": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is on call now, in every schedule */
        get: operations["listOnCall"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/on-call/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a person has now, and their shifts of the next 30 days */
        get: operations["myTurns"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/schedules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Schedules, who is on call and what would hurt in the next 14 days */
        get: operations["listSchedules"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/schedules/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One schedule with its layers and what people changed */
        get: operations["readSchedule"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/schedules/{id}/turns": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whose turn it is, and why */
        get: operations["listTurns"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/schedules/{id}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who really was on call */
        get: operations["listServed"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/schedules/{id}/overrides": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Change who is on call for a time */
        post: operations["addOverride"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/schedules/{id}/overrides/{oid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Take an override back; one that has begun ends now */
        delete: operations["removeOverride"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/schedules/{id}/take": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** I take the pager now: until a time, or until the running turn ends */
        post: operations["takePager"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/schedules/{id}/plans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Put shifts in the place of the layers for a time */
        post: operations["addPlan"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/schedules/{id}/plans/{pid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Take a plan back; one that has begun ends now */
        delete: operations["removePlan"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/schedules/{id}/hand-off-notes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What whoever goes off call leaves for who comes */
        get: operations["listHandOffNotes"];
        /** Write the note for the next hand-off; an empty text removes it (whoever is on call, members of the team, admins) */
        put: operations["writeHandOffNote"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/schedules/{id}/hand-off-notes/draft": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a note may begin with: what happened since whoever is on call began, at most 31 days back */
        get: operations["draftHandOffNote"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/schedules/{id}/swaps": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ask somebody, or everybody of the schedule, to take a turn */
        post: operations["askSwap"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/swaps/{sid}/take": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take the turn that somebody asks for */
        post: operations["takeSwap"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/swaps/{sid}/decline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Do not take it; one that was put to all stays open */
        post: operations["declineSwap"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/swaps/{sid}/withdraw": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Do not ask any more */
        post: operations["withdrawSwap"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/absences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is away, now and later */
        get: operations["listAbsences"];
        put?: never;
        /** Somebody is away; their turns go to the next who is not */
        post: operations["addAbsence"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/absences/{aid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** They are not away after all */
        delete: operations["removeAbsence"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/calendars/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Import a calendar of days off (public holidays), in the place of the one of this name */
        put: operations["putCalendar"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/people/{id}/vacations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Import a person's vacations, in the place of those that were imported before */
        put: operations["putVacations"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ical-links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Links of calendar feeds, without their addresses */
        get: operations["listIcalLinks"];
        put?: never;
        /** Make the secret address of a calendar feed; it is shown this once */
        post: operations["addIcalLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ical-links/{lid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** The address is no more */
        delete: operations["removeIcalLink"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ical/{file}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A calendar feed: TOKEN.ics, for whoever knows the address */
        get: operations["readIcalFeed"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description The logbook's sequence number that this answer includes */
        Seq: number;
        /** @enum {string} */
        Role: "responder" | "admin";
        OnCallNow: {
            schedule: string;
            name: string;
            team: string;
            people: string[];
            /** Format: date-time */
            begin: string;
            /** Format: date-time */
            end: string;
        };
        Contact: {
            /** @description As the catalog names it */
            name: string;
            /** @enum {string} */
            channel: "webhook" | "mail" | "slack" | "teams" | "slack_user" | "sms" | "voice" | "telegram" | "ntfy" | "pushover" | "push" | "http";
            /** @description The address as it may be shown: a host, a masked number */
            to: string;
            /**
             * Format: date-time
             * @description Null when nobody has shown that it reaches the person
             */
            verified_at: string | null;
            /**
             * @description The actor who gave the code back
             * @example user:ada
             */
            verified_by: string | null;
        };
        PersonContacts: {
            id: string;
            name: string;
            /** @description Whether any of the contacts is */
            verified: boolean;
            contacts: components["schemas"]["Contact"][];
        };
        MyTurns: {
            /** @description How the person is reached */
            contacts: components["schemas"]["Contact"][];
            person: string;
            now: {
                schedule: string;
                /** Format: date-time */
                until: string;
            }[];
            shifts: {
                schedule: string;
                /** Format: date-time */
                begin: string;
                /** Format: date-time */
                end: string;
            }[];
            /** @description How a page would come; null for a person whom the catalog does not know */
            next_page: components["schemas"]["NextPage"] | null;
        };
        NextPage: {
            /** @description In their order */
            ways: {
                /** @description Its name */
                contact: string;
                channel: string;
                /** @description As it may be shown; empty when it is somebody else's */
                to: string;
                /** @description Since the person is rung; null: only when the one before fails */
                after_seconds: number | null;
            }[];
            /** @description The pause after which all ways begin anew; 0: once through */
            keep_ringing_seconds: number;
            /** @description daily 22:00-07:00; empty where there are none. Pages come all the same */
            quiet_hours: string;
            /** @description Whether they are now */
            is_quiet: boolean;
            /** @description In which they are told */
            zone: string;
        };
        ScheduleFault: {
            /** @enum {string} */
            kind: "gap" | "unreachable" | "long_shift" | "unknown_person" | "unverified";
            /** Format: date-time */
            begin: string;
            /** Format: date-time */
            end: string;
            person: string | null;
            text: string;
        };
        ScheduleSummary: {
            id: string;
            name: string;
            team: string;
            zone: string;
            on_call: {
                people: string[];
                shadows: string[];
                /** Format: date-time */
                begin: string;
                /** Format: date-time */
                end: string;
                explain: string;
            };
            /** @description Of the next 14 days */
            faults: components["schemas"]["ScheduleFault"][];
        };
        Schedule: {
            id: string;
            name: string;
            team: string;
            zone: string;
            on_call: {
                people: string[];
                shadows: string[];
                /** Format: date-time */
                begin: string;
                /** Format: date-time */
                end: string;
                explain: string;
            };
            /** @description Of the next 14 days */
            faults: components["schemas"]["ScheduleFault"][];
            layers: components["schemas"]["ScheduleLayer"][];
            overrides: components["schemas"]["Override"][];
            plans: components["schemas"]["FixedPlan"][];
            swaps: components["schemas"]["Swap"][];
            absences: components["schemas"]["Absence"][];
            slack_user_group: components["schemas"]["SlackUserGroup"] | null;
        };
        /** @description The user group of Slack that is kept equal to who is on call */
        SlackUserGroup: {
            id: string;
            /** @description Ids of Slack, as it confirmed them last */
            members: string[];
            /** Format: date-time */
            confirmed_at: string | null;
            /** @description Why it is not as it should be */
            problem: string | null;
        };
        ScheduleLayer: {
            name: string;
            zone: string;
            /** @description 1 week, or a rule */
            every: string;
            /** @description Behind the words: hands off */
            hand_off: string;
            /** @description One entry a turn */
            people: string[][];
            /** @description always, or mon-fri 09:00-17:00 */
            hours: string;
            off: string[];
            is_shadow: boolean;
            /** @description Its people are on call in addition to those of the layers before it */
            joins: boolean;
        };
        Override: {
            id: string;
            /** @enum {string} */
            kind: "add" | "remove" | "replace";
            person: string;
            replaces: string;
            /** Format: date-time */
            begin: string;
            /** Format: date-time */
            end: string;
            note: string;
            by: string;
        };
        HandOffNote: {
            id: string;
            /** @description Who wrote it last */
            author: string;
            text: string;
            /** Format: date-time */
            created: string;
            /** Format: date-time */
            updated: string;
            /**
             * Format: date-time
             * @description When it was closed; null while it can be edited
             */
            handed_off: string | null;
            /** @description Who began then */
            receivers: string[];
        };
        HandOffNotes: {
            /** @description For the next hand-off */
            open: components["schemas"]["HandOffNote"] | null;
            /** @description What whoever is on call now was given */
            received: components["schemas"]["HandOffNote"] | null;
            /** @description Whether who asks may write the open one */
            may_write: boolean;
            /** @description The last 20 that were handed off, the newest first */
            notes: components["schemas"]["HandOffNote"][];
        };
        FixedPlan: {
            id: string;
            /** Format: date-time */
            begin: string;
            /** Format: date-time */
            end: string;
            note: string;
            by: string;
            shifts: {
                people: string[];
                /** Format: date-time */
                begin: string;
                /** Format: date-time */
                end: string;
            }[];
        };
        Swap: {
            id: string;
            schedule: string;
            from: string;
            to: string;
            /** Format: date-time */
            begin: string;
            /** Format: date-time */
            end: string;
            /** @enum {string} */
            state: "open" | "taken" | "declined" | "withdrawn" | "expired";
            note: string;
            /** Format: date-time */
            created: string;
        };
        Absence: {
            id: string;
            person: string;
            /** Format: date-time */
            begin: string;
            /** Format: date-time */
            end: string;
            note: string;
        };
        Turn: {
            /** Format: date-time */
            begin: string;
            /** Format: date-time */
            end: string;
            /** @description Empty: a gap */
            people: string[];
            shadows: string[];
            /** @description The decisive reason first */
            why: {
                /** @enum {string} */
                kind: "layer" | "override" | "plan" | "absence" | "nobody";
                layer: string;
                turn: number;
                id: string;
                instead_of: string[];
            }[];
            explain: string;
        };
        Served: {
            person: string;
            /** Format: date-time */
            begin: string;
            /**
             * Format: date-time
             * @description Null: still is
             */
            end: string | null;
            why: string;
        };
        IcalLink: {
            id: string;
            /** @enum {string} */
            kind: "person" | "schedule" | "team";
            name: string;
        };
        AddedIcalLink: {
            id: string;
            /** @enum {string} */
            kind: "person" | "schedule" | "team";
            name: string;
            url: string;
        };
        Heartbeat: {
            name: string;
            /**
             * @description Where it is declared
             * @enum {string}
             */
            origin: "catalog" | "opsgenie";
            /** @enum {string} */
            state: "disabled" | "waiting" | "alive" | "missed";
            service: string | null;
            severity: string;
            every_seconds: number;
            grace_seconds: number;
            /** Format: date-time */
            last_ping_at: string | null;
            /**
             * Format: date-time
             * @description When it will be overdue; null while it is not waited for
             */
            due_at: string | null;
            /** Format: date-time */
            missed_at: string | null;
        };
        Error: {
            error: {
                code: string;
                message: string;
                request_id?: string;
            };
        };
        /** @description Of an alert's labels */
        Fingerprint: string;
        LabelSet: {
            [key: string]: string;
        };
        Silence: {
            id: string;
            /** @enum {string} */
            state: "pending" | "active" | "expired";
            matchers: string[];
            /** Format: date-time */
            starts_at: string;
            /** Format: date-time */
            ends_at: string;
            /** Format: date-time */
            updated_at: string;
            author: string;
            comment: string;
            /** @description The recurring silence that made it */
            recurring: string | null;
        };
        SilenceWarning: {
            /** @enum {string} */
            code: "no_equal_matcher" | "matches_anything" | "most_alerts" | "several_owners" | "hides_pages" | "lasts_long";
            text: string;
        };
        SilencePreview: {
            firing: number;
            hidden: number;
            hidden_by_name: components["schemas"]["CountByName"][];
            /** @description The first 20 */
            hidden_alerts: {
                fingerprint: components["schemas"]["Fingerprint"];
                labels: components["schemas"]["LabelSet"];
                /** Format: date-time */
                starts_at: string;
                is_acknowledged: boolean;
            }[];
            /** @description The first 50 groups of which nothing more would be told */
            silent_groups: {
                receiver: string;
                labels: components["schemas"]["LabelSet"];
                alerts: number;
            }[];
            silent_receivers: string[];
            /** @description What fired and matched within 7 days */
            fired_before: {
                times: number;
                by_name: components["schemas"]["CountByName"][];
                /**
                 * Format: date-time
                 * @description How far back was looked
                 */
                reaches: string;
            };
            /** @description The next 5 of a recurrence */
            occurrences: string[];
            warnings: components["schemas"]["SilenceWarning"][];
        };
        CountByName: {
            alertname: string;
            count: number;
        };
        NewRecurrence: {
            /** @description RFC 5545: FREQ=WEEKLY;BYDAY=SA,SU */
            rule: string;
            /** @description When an occurrence begins, from today on: 02:00 */
            at?: string;
            /** @description Instead of at: 2026-01-31 02:00 */
            start?: string;
            /** @default UTC */
            zone?: string;
            /** @description How long each is, such as 4h: 1m to 31d */
            lasts: string;
            except?: string[];
        };
        RecurringSilence: {
            id: string;
            matchers: string[];
            rule: string;
            start: string;
            zone: string;
            except: string[];
            lasts: string;
            author: string;
            comment: string;
            /** Format: date-time */
            created_at: string;
            /**
             * Format: date-time
             * @description Null when there are no more
             */
            next_at: string | null;
        };
        Me: {
            actor: string;
            role: components["schemas"]["Role"];
            person?: string | null;
        };
        User: {
            name: string;
            role: components["schemas"]["Role"];
            person?: string | null;
            /** Format: date-time */
            created_at: string;
        };
        Token: {
            id: string;
            name: string;
            role: components["schemas"]["Role"];
            /** @description The user who made it */
            made_by?: string;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            last_used_at?: string | null;
        };
        Delivery: {
            id: string;
            person: string;
            /** @enum {string} */
            channel: "webhook" | "mail" | "slack" | "teams" | "slack_user" | "sms" | "voice" | "telegram" | "ntfy" | "pushover" | "push" | "http";
            /** @description The contact as it may be shown: a mail address, a host, a masked number */
            to: string;
            /** @enum {string} */
            state: "pending" | "waiting" | "held" | "sending" | "sent" | "failed" | "dropped";
            tries: number;
            /** @description The last failure, or why it ended */
            detail?: string;
            /** @description Which one of several took it */
            provider?: string;
            /**
             * @description What the provider said after it took the message; left out where none is expected
             * @enum {string}
             */
            receipt?: "awaited" | "delivered" | "undelivered" | "read" | "unknown";
            /**
             * Format: date-time
             * @description It waits for the end of the person's quiet hours
             */
            quiet_until?: string;
            /** @description The delivery that somebody sent again by this one */
            retry_of?: string;
            /** @description The delivery by which somebody sent this one again */
            retried_as?: string;
        };
        DeadLetter: {
            id: string;
            /** @description Of a policy's channel: # and its name */
            person: string;
            channel: string;
            /** @description The contact as it may be shown */
            to: string;
            /** @enum {string} */
            type: "page" | "notification";
            title: string;
            /** @description The id of its incident */
            incident?: string;
            tries: number;
            /** Format: date-time */
            created: string;
            /** Format: date-time */
            failed: string;
            why: string;
            retry_of?: string;
            /** @description Left out until somebody sends it again */
            retried_as?: string;
        };
        ContactPreview: {
            /** @description The name of the contact */
            contact: string;
            channel: string;
            to: string;
            /**
             * @description How the text is to be read: form is a line each field, push is before it is encrypted for the browser
             * @enum {string}
             */
            format: "" | "mail" | "json" | "form" | "text" | "push";
            text: string;
            /** @description Why it could not be sent at all */
            problem?: string;
            method?: string;
            /** @description Whom Tocsin would call */
            host?: string;
            headers?: {
                [key: string]: string;
            };
        };
        /** @description A browser of mine. Where its push service is reached is not told */
        PushSubscription: {
            /** @description The first 22 characters of base64url(HMAC-SHA256("browser", endpoint)); a browser finds itself by it */
            id: string;
            name: string;
            /** @description The host of its push service */
            service: string;
            /** Format: date-time */
            created: string;
            /**
             * Format: date-time
             * @description When its push service last took a message, to the minute
             */
            last_success: string | null;
        };
        /** @description What came of an acknowledgement by the link in a message */
        LinkAnswer: {
            /** @description In whose name it was answered */
            person: string;
            /** @description One; several where the link was of a bundle */
            incidents: {
                number: number;
                title: string;
                is_open: boolean;
                /** @description Further people are rung */
                is_rung: boolean;
                /** @description A person, or empty */
                who_has_it: string;
                answered_by: string[];
            }[];
        };
        /** @description How a channel, or one provider of it, has fared since the server began */
        ChannelHealth: {
            channel: string;
            provider: string;
            /** @enum {string} */
            state: "unused" | "ok" | "failing";
            failures_in_row: number;
            /** Format: date-time */
            last_success?: string;
            /** Format: date-time */
            last_failure?: string;
            last_error?: string;
        };
        Status: {
            version: string;
            /** Format: date-time */
            started_at: string;
            /** Format: date-time */
            now: string;
            seq: components["schemas"]["Seq"];
            alerts_firing: number;
            incidents_open: number;
            objectives: number;
            objectives_no_data: number;
            ingest: {
                series: number;
                series_limit: number;
                samples_total: number;
                /** Format: date-time */
                last_sample_at: string | null;
            };
            sources: {
                name: string;
                /** @enum {string} */
                kind: "scrape" | "query";
                /** @enum {string} */
                state: "up" | "down" | "unknown";
                last_error?: string | null;
                /** Format: date-time */
                last_at?: string | null;
            }[];
            contacts: {
                declared: number;
                verified: number;
            };
            /** @description What the operators of Tocsin should mend, a sentence each with what to do; empty when all is well. What fails now comes first, then contacts that would not be reached (not verified, where that is asked for; refused, for they lead to addresses inside), then what comes in */
            trouble: string[];
        };
        Catalog: {
            teams: {
                id: string;
                name: string;
                /** @description People; where the catalog names none, those of the list */
                members: string[];
                /** @description Empty for a team that an escalation policy pages */
                escalation: {
                    person: string;
                    after_seconds: number;
                }[];
            }[];
            people: {
                id: string;
                name: string;
                channels: ("webhook" | "mail" | "slack" | "teams" | "slack_user" | "sms" | "voice" | "telegram" | "ntfy" | "pushover" | "push" | "http")[];
            }[];
            services: {
                id: string;
                name: string;
                description?: string;
                team: string;
                tier: number;
                runbook?: string | null;
                customer_facing: boolean;
                depends_on: string[];
                dashboards: components["schemas"]["Link"][];
            }[];
        };
        Link: {
            name: string;
            url: string;
        };
        /** @enum {string} */
        Severity: "page" | "ticket";
        Evidence: {
            bad_short: number;
            total_short: number;
            bad_long: number;
            total_long: number;
            burn_short: number;
            burn_long: number;
            threshold: number;
            /** @description Share of the period's budget, may be negative; null while it is too early to judge (Budget.too_early) */
            budget_left: number | null;
            failed_since_start: number;
            total_since_start: number;
            /**
             * Format: date-time
             * @description Where the bad ratio left its normal
             */
            impact_started_at?: string;
        };
        Alert: {
            id: string;
            fingerprint: string;
            labels: {
                [key: string]: string;
            };
            /** @enum {string} */
            state: "firing" | "resolved";
            severity: components["schemas"]["Severity"];
            service: string;
            team: string;
            summary: string;
            impact: string;
            runbook?: string | null;
            links: components["schemas"]["Link"][];
            evidence: components["schemas"]["Evidence"];
            /** Format: date-time */
            impact_started_at: string;
            /** Format: date-time */
            started_at: string;
            /** Format: date-time */
            updated_at: string;
            /** Format: date-time */
            ended_at?: string | null;
            incident?: string | null;
            /** @description Of the objective, that fire now; those that fired last when it is resolved */
            tiers?: string[];
        };
        AlertWithSources: components["schemas"]["Alert"] & {
            /** @description Posted alerts that it is made of, or that stand beside it as evidence; the live ones first */
            sources: components["schemas"]["AlertSource"][];
        };
        AlertSource: {
            fingerprint: string;
            /**
             * @description An alert fires while one of its sources does; evidence only stands beside it
             * @enum {string}
             */
            role: "source" | "evidence";
            is_cause: boolean;
            labels: string;
            summary: string;
            /** @description Why it belongs to this alert */
            why: string;
            /** Format: date-time */
            joined_at: string;
            /** Format: date-time */
            left_at: string | null;
            how_left: string | null;
        };
        /** @enum {string} */
        IncidentState: "triage" | "investigating" | "identified" | "mitigating" | "monitoring" | "resolved" | "closed" | "declined" | "merged" | "cancelled";
        /** @description Each as it happened; null when it has not */
        Times: {
            /** Format: date-time */
            impact_started: string | null;
            /** Format: date-time */
            detected: string | null;
            /** Format: date-time */
            paged: string | null;
            /** Format: date-time */
            acknowledged: string | null;
            /** Format: date-time */
            declared: string | null;
            /** Format: date-time */
            mitigated: string | null;
            /** Format: date-time */
            resolved: string | null;
        };
        Incident: {
            id: string;
            number: number;
            title: string;
            state: components["schemas"]["IncidentState"];
            severity: number;
            service: string;
            team: string;
            impact: string;
            times: components["schemas"]["Times"];
            /** Format: date-time */
            opened_at: string;
            /** Format: date-time */
            updated_at: string;
            /** @description Who acknowledged, as an actor such as user:ada */
            who_has_it: string | null;
            /** @description The person who is rung now */
            ringing?: string | null;
            /** @description The incident of the same service that ended shortly before */
            follows?: string | null;
            channel: components["schemas"]["IncidentChannel"] | null;
        };
        /** @description Its channel in Slack */
        IncidentChannel: {
            /** @enum {string} */
            state: "wanted" | "open" | "archived" | "failed";
            name: string | null;
            /** @description Of Slack, once it is there */
            id: string | null;
            /** @description Opens it */
            url: string | null;
            /** @description What failed last */
            problem: string | null;
        };
        Escalation: {
            /** @enum {string} */
            state: "ringing" | "acknowledged" | "stopped" | "exhausted";
            step: number;
            round: number;
            /** Format: date-time */
            started_at: string;
            /** @description Who is rung now */
            ringing?: string[];
            /**
             * Format: date-time
             * @description Of the first of `next`
             */
            next_at?: string | null;
            /** @description The first person of the first of `next` */
            next_person?: string | null;
            /** @description What happens unless somebody answers or it is over, the soonest first */
            next?: components["schemas"]["ComingStep"][];
            /** @description The policy in force, as it is recorded; an edit counts from the next step */
            policy?: Record<string, never> | null;
            /** @description The policy with which it began */
            policy_at_start?: Record<string, never> | null;
            /** @description People; or an actor such as user:root who is tied to none */
            answered_by?: string[];
            /** @description So many different people must answer */
            acknowledgements?: number;
            is_snoozed?: boolean;
            /** Format: date-time */
            acknowledged_at?: string | null;
            acknowledged_by?: string | null;
            pages: {
                id: string;
                person: string;
                /** @description Why this person: via schedule payments */
                via?: string;
                /** @description The bundle that told of it, with others */
                bundle?: string | null;
                /** @description -1: brought in */
                step?: number;
                round?: number;
                /** @enum {string} */
                state: "trying" | "told" | "failed" | "dropped" | "answered";
                /** Format: date-time */
                created_at: string;
                /** Format: date-time */
                first_sent_at?: string | null;
            }[];
        };
        ComingStep: {
            /** @enum {string} */
            what: "step" | "ring_again" | "bring_in";
            /** Format: date-time */
            at: string;
            people: {
                person: string;
                via: string;
            }[];
            channels: string[];
        };
        EscalationTarget: {
            /** @enum {string} */
            kind: "person" | "schedule" | "team" | "round_robin" | "channel";
            name: string;
        };
        EscalationPolicy: {
            id: string;
            teams: string[];
            steps: {
                after_seconds: number;
                targets: components["schemas"]["EscalationTarget"][];
                /** @description In words; empty: always */
                when: string;
            }[];
            repeat: number;
            repeat_after_seconds: number;
            acknowledgements: number;
            /** @description 0: for good */
            acknowledged_for_seconds: number;
            bring_in: {
                after_seconds: number;
                severities: string[];
                /** @description Empty: everybody of the steps who was not rung */
                targets: components["schemas"]["EscalationTarget"][];
            } | null;
            fallback: components["schemas"]["EscalationTarget"][];
            channels: string[];
        };
        PreviewPerson: {
            person: string;
            via: string;
            contacts: {
                name: string;
                /** @description Null: when the one before fails */
                after_seconds: number | null;
            }[];
        };
        EscalationPreview: {
            rounds: {
                steps: {
                    /** Format: date-time */
                    at: string;
                    after_seconds: number;
                    people: components["schemas"]["PreviewPerson"][];
                    channels: string[];
                    /** @description Why it is not played */
                    skipped: string | null;
                }[];
            }[];
            bring_in: {
                /** Format: date-time */
                at: string;
                people: components["schemas"]["PreviewPerson"][];
            } | null;
        };
        OnCallLoad: {
            person: string;
            pages: number;
            /** @description In the person's working hours */
            working: number;
            free: number;
            /** @description From 22 to 8 in the person's zone */
            sleeping: number;
            /** @description Ten-minute windows with a page: what comes at once interrupts once */
            interruptions: number;
            /** @description Time on call */
            shift_seconds: number;
        };
        IncidentDetail: {
            incident: components["schemas"]["Incident"];
            alerts: components["schemas"]["Alert"][];
            escalation: components["schemas"]["Escalation"] | null;
            /** @description The first 10,000 entries, in order of happening */
            timeline: components["schemas"]["Entry"][];
            /** @description Where /timeline goes on (its `after`); null when this is all */
            timeline_next: number | null;
            seq: components["schemas"]["Seq"];
        };
        Entry: {
            seq: number;
            /** Format: date-time */
            happened_at: string;
            /** Format: date-time */
            recorded_at: string;
            actor: string;
            kind: string;
            subject_kind: string;
            subject_id: string;
            incident?: string | null;
            data: Record<string, never>;
        };
        Suppressor: {
            /** @description silence, inhibition, mute_time_interval, active_time_interval; others may come */
            kind: string;
            /** @description The silence's id, the inhibiting alert's fingerprint, the interval's name */
            by: string;
        };
        PostedAlert: {
            fingerprint: string;
            /**
             * @description suppressed: silenced, inhibited, or muted for all its receivers
             * @enum {string}
             */
            state: "firing" | "suppressed" | "resolved";
            labels: components["schemas"]["LabelSet"];
            annotations: components["schemas"]["LabelSet"];
            generator_url: string;
            /** Format: date-time */
            starts_at: string;
            /**
             * Format: date-time
             * @description Null while it fires
             */
            ends_at: string | null;
            /** Format: date-time */
            updated_at: string;
            /** @description As it is now, for any of its receivers */
            suppressed_by: components["schemas"]["Suppressor"][];
            /**
             * Format: date-time
             * @description Since the flush that left it out
             */
            suppressed_since: string | null;
            receivers: string[];
            service: string | null;
            team: string | null;
            acknowledged?: {
                by: string;
                /** Format: date-time */
                at: string;
                comment?: string;
            } | null;
            /** @description Null once its time has come */
            snoozed?: {
                by: string;
                /** Format: date-time */
                at: string;
                comment?: string;
                /** Format: date-time */
                until: string;
            } | null;
            /** @description Id of the alert that it is a source or evidence of; where one alert is asked for */
            problem?: string | null;
            /** @description It fires and resolves again and again; its recovery is told once it holds */
            flapping?: {
                /** Format: date-time */
                since: string;
                /** @description In the last 40 minutes */
                changes: number;
            } | null;
        };
        PostedGroup: {
            key: string;
            hash: string;
            labels: components["schemas"]["LabelSet"];
            receiver: string;
            route: string;
            alerts: number;
            /**
             * Format: date-time
             * @description Null where the group is not there
             */
            next_flush: string | null;
            suppressed_by: components["schemas"]["Suppressor"][];
            /** Format: date-time */
            suppressed_since: string | null;
        };
        AlertEvent: {
            /** @description Of the entry in the logbook; null for a notification in an alert's own history */
            seq: number | null;
            /** Format: date-time */
            happened_at: string;
            /** Format: date-time */
            recorded_at: string;
            actor: string;
            /** @description posted_alert.fired, .resolved, .suppressed, .unsuppressed; notification.sending, .sent, .failed, .cut_off; silence.created, .updated, .expired */
            kind: string;
            subject_kind: string;
            subject_id: string;
            labels: components["schemas"]["LabelSet"] | null;
            /** @description By kind; docs/history.md */
            data: Record<string, never>;
        };
        GroupNotification: {
            id: string;
            group: string;
            receiver: string;
            integration: string;
            index: number;
            /** @enum {string} */
            state: "sending" | "sent" | "failed" | "cut_off";
            reason: string;
            firing: number;
            resolved: number;
            maybe_duplicate: boolean;
            /** Format: date-time */
            began_at: string;
            /** Format: date-time */
            finished_at: string | null;
            tries: number;
            /** @description What the provider answered, where it failed */
            answer: string;
        };
        IntegrationCount: {
            kind: string;
            count: number;
            is_delivered: boolean;
        };
        Route: {
            id: string;
            /** @description The group key's first part */
            key: string;
            matchers: {
                name: string;
                op: string;
                value: string;
                text: string;
            }[];
            receiver: string;
            /** @description ["..."] is each alert alone */
            group_by: string[];
            group_wait: string;
            group_interval: string;
            repeat_interval: string;
            mute_time_intervals: string[];
            active_time_intervals: string[];
            continue: boolean;
            labels: components["schemas"]["LabelSet"];
            /**
             * @description Only in a walk
             * @enum {string}
             */
            at?: "taken" | "passed" | "failed" | "not_reached";
            /** @description Only in a walk */
            failed_matcher?: string | null;
            /** @description Only in a walk: the earlier sibling that took the alert */
            stopped_by?: string | null;
            /** @description Its children */
            routes: Record<string, never>[];
        };
        TakenRoute: {
            route: string;
            receiver: string;
            integrations: components["schemas"]["IntegrationCount"][];
            group: {
                key: string;
                hash: string;
                labels: components["schemas"]["LabelSet"];
                exists: boolean;
                holds_alert: boolean;
                alerts: number;
                /**
                 * Format: date-time
                 * @description Its next turn, or the first of the group that the alert would begin
                 */
                next_flush: string;
            };
            /** @description Now */
            suppressed_by: components["schemas"]["Suppressor"][];
            /** @description As things stand */
            suppressed_at_flush: components["schemas"]["Suppressor"][];
            told_by: {
                integration: string;
                index: number;
                is_under_way: boolean;
                would_tell: boolean;
                why: string;
                /** Format: date-time */
                last_told: string | null;
            }[];
        };
        TierView: {
            name: string;
            severity: components["schemas"]["Severity"];
            /** @enum {string} */
            kind: "burn" | "fast";
            /** @enum {string} */
            state: "clear" | "firing" | "too_few_events" | "no_data";
            /** @description How near to firing: 0 calm, 1 at the threshold, above 1 over it */
            nearness: number;
            long_window_seconds?: number;
            short_window_seconds?: number;
            evidence: components["schemas"]["Evidence"];
        };
        Budget: {
            bad: number;
            total: number;
            /** @description Bad events that the period's budget allows at its traffic so far */
            allowed: number;
            /** @description Share of the budget that is left; may be negative; null while too_early */
            left: number | null;
            /** @description allowed - bad; null while too_early */
            left_events: number | null;
            /** @description Why nothing is said of what is left: "too early to judge: 2h of 30d seen"; null from a quarter of the period on */
            too_early: string | null;
            /** @description How much of the period has been seen, from its start or the signal's first event */
            seen_seconds: number;
            /** @description Burn rate over the last hour */
            burn_now: number;
            /** @description At the burn of now; null when it is never and while too_early */
            exhausted_in_seconds?: number | null;
            /** Format: date-time */
            period_start?: string;
            /** Format: date-time */
            period_end?: string | null;
        };
        Objective: {
            name: string;
            display_name: string;
            description?: string;
            service: string;
            signal?: string;
            target: number;
            /** @description 30d rolling, or calendar month Europe/Berlin */
            window: string;
            /** @enum {string} */
            budgeting: "occurrences" | "timeslices";
            /** @enum {string} */
            state: "ok" | "burning" | "exhausted" | "no_data";
            error_ratio_5m?: {
                bad: number;
                total: number;
                ratio: number | null;
            };
            budget: components["schemas"]["Budget"];
            tiers: components["schemas"]["TierView"][];
            /** Format: date-time */
            last_sample_at: string | null;
        };
        ObjectivePulse: {
            name: string;
            state: string;
            budget_left: number | null;
            /** @description As Budget.too_early */
            budget_too_early: string | null;
            burn_now: number;
            bad_5m: number;
            total_5m: number;
        };
        Chart: {
            /** Format: date-time */
            from: string;
            /** Format: date-time */
            to: string;
            step_seconds: number;
            /** @description Unix seconds of each slot's start */
            at: number[];
            bad: (number | null)[];
            total: (number | null)[];
        };
        Signal: {
            name: string;
            /** @enum {string} */
            kind: "ratio" | "rate" | "latency" | "level";
            service?: string;
            /** @description Series that feed it now */
            series: number;
            /** @description Groups */
            streams: number;
            by?: string[];
        };
        SignalChart: {
            /** Format: date-time */
            from: string;
            /** Format: date-time */
            to: string;
            step_seconds: number;
            /** @description Smaller streams than those shown; ask with a higher limit */
            streams_left_out: number;
            at: number[];
            streams: {
                labels: {
                    [key: string]: string;
                };
                /** @description By kind - ratio: bad, total; rate: count; latency: p50, p95, p99, slow, total; level: value */
                values: {
                    [key: string]: (number | null)[];
                };
            }[];
        };
    };
    responses: {
        /** @description What went wrong */
        Error: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"];
            };
        };
    };
    parameters: {
        id: string;
        /** @description A contact's name, or its place from 1 on */
        contact: string;
        fingerprint: components["schemas"]["Fingerprint"];
    };
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    whoAmI: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The caller */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    signIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    user: string;
                    password: string;
                };
            };
        };
        responses: {
            /** @description Signed in */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    signOut: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Signed out */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    changeOwnPassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    old_password: string;
                    new_password: string;
                };
            };
        };
        responses: {
            /** @description Changed */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    listTokens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Tokens */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        tokens: components["schemas"]["Token"][];
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    createToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    role: components["schemas"]["Role"];
                };
            };
        };
        responses: {
            /** @description Made */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        token: components["schemas"]["Token"];
                        secret: string;
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    revokeToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Revoked */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    listUsers: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Users */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        users: components["schemas"]["User"][];
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    addUser: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    role: components["schemas"]["Role"];
                    password?: string;
                    person?: string;
                };
            };
        };
        responses: {
            /** @description Added */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        user: components["schemas"]["User"];
                        password?: string;
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    removeUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Removed */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        sessions_ended: number;
                        /** @description Their names */
                        tokens_revoked: string[];
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    setPassword: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    password?: string;
                };
            };
        };
        responses: {
            /** @description Set */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Only when it was made */
                        password?: string;
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    testPerson: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    person: string;
                    /** @description A contact's name, its channel or its place from 1 on; left out, every contact */
                    contact?: string;
                };
            };
        };
        responses: {
            /** @description On its way */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        deliveries: components["schemas"]["Delivery"][];
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    previewPerson: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    person: string;
                    /** @description A contact's name, its channel or its place from 1 on; left out, every contact */
                    contact?: string;
                    /** @description The number of an incident: what it tells; left out, a sample */
                    incident?: number;
                };
            };
        };
        responses: {
            /** @description By contact */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        previews: components["schemas"]["ContactPreview"][];
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    listDeadLetters: {
        parameters: {
            query?: {
                /** @description webhook, mail, sms, ... */
                channel?: string;
                person?: string;
                /** @description Given up then or later */
                since?: string;
                /** @description Whether somebody sent it again; left out, both */
                retried?: boolean;
                limit?: number;
                /** @description next of the page before */
                after?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Dead letters */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        dead_letters: components["schemas"]["DeadLetter"][];
                        next: string | null;
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    retryDeadLetter: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The new delivery */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Delivery"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    readDelivery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The delivery */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Delivery"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    listChannels: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description By channel and provider */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        channels: components["schemas"]["ChannelHealth"][];
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    listPeople: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description People */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        people: components["schemas"]["PersonContacts"][];
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    readContacts: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The person */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PersonContacts"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    verifyContact: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["id"];
                /** @description A contact's name, or its place from 1 on */
                contact: components["parameters"]["contact"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description On its way; what became of it is told by /api/v1/notify/deliveries */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        contact: string;
                        delivery: string;
                        /**
                         * Format: date-time
                         * @description Until when the code is good
                         */
                        ends_at: string;
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    confirmContact: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["id"];
                /** @description A contact's name, or its place from 1 on */
                contact: components["parameters"]["contact"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description Spaces and dashes do not count
                     * @example 482 913
                     */
                    code: string;
                };
            };
        };
        responses: {
            /** @description The person */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PersonContacts"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    readPushKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The key */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        key: string;
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    listPushSubscriptions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description My browsers */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        subscriptions: components["schemas"]["PushSubscription"][];
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    subscribePush: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    endpoint: string;
                    /** @description What I call this browser: Firefox on Android */
                    name?: string;
                    expirationTime?: number | null;
                    keys: {
                        p256dh: string;
                        auth: string;
                    };
                };
            };
        };
        responses: {
            /** @description Subscribed */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    unsubscribePush: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    endpoint: string;
                };
            };
        };
        responses: {
            /** @description Unsubscribed */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    removePushSubscription: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Removed */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    status: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Status */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    reload: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description In use */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        services: number;
                        objectives: number;
                        people: number;
                        teams: number;
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    readCatalog: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The catalog in use */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Catalog"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    listAlerts: {
        parameters: {
            query?: {
                state?: "firing" | "resolved" | "all";
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Alerts */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        alerts: components["schemas"]["Alert"][];
                        seq: components["schemas"]["Seq"];
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    readAlert: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The alert */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertWithSources"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    splitAlert: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Of a live source */
                    fingerprint: string;
                };
            };
        };
        responses: {
            /** @description The alert that it has left */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertWithSources"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    acknowledgePostedAlerts: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    fingerprints: components["schemas"]["Fingerprint"][];
                    comment?: string;
                };
            };
        };
        responses: {
            /** @description Which were marked */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        marked: components["schemas"]["Fingerprint"][];
                        refused: {
                            fingerprint: components["schemas"]["Fingerprint"];
                            code: string;
                            message: string;
                        }[];
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    snoozePostedAlerts: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    fingerprints: components["schemas"]["Fingerprint"][];
                    /** @description How long, such as 2h: 1s to 31d */
                    for?: string;
                    /**
                     * Format: date-time
                     * @description Instead of for
                     */
                    until?: string;
                    comment?: string;
                };
            };
        };
        responses: {
            /** @description Which were marked */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        marked: components["schemas"]["Fingerprint"][];
                        refused: {
                            fingerprint: components["schemas"]["Fingerprint"];
                            code: string;
                            message: string;
                        }[];
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    acknowledgePostedAlert: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                fingerprint: components["parameters"]["fingerprint"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    comment?: string;
                };
            };
        };
        responses: {
            /** @description The alert */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PostedAlert"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    unacknowledgePostedAlert: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                fingerprint: components["parameters"]["fingerprint"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The alert */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PostedAlert"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    snoozePostedAlert: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                fingerprint: components["parameters"]["fingerprint"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description How long, such as 2h: 1s to 31d */
                    for?: string;
                    /**
                     * Format: date-time
                     * @description Instead of for
                     */
                    until?: string;
                    comment?: string;
                };
            };
        };
        responses: {
            /** @description The alert */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PostedAlert"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    unsnoozePostedAlert: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                fingerprint: components["parameters"]["fingerprint"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The alert */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PostedAlert"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    listSilences: {
        parameters: {
            query?: {
                state?: "current" | "pending" | "active" | "expired" | "all";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Silences */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        silences: components["schemas"]["Silence"][];
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    addSilence: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    matchers: string[];
                    /** @description How long, such as 2h */
                    for?: string;
                    /**
                     * Format: date-time
                     * @description Now if left out
                     */
                    starts_at?: string;
                    /**
                     * Format: date-time
                     * @description Instead of for
                     */
                    ends_at?: string;
                    comment: string;
                    /** @description A signed-in user's own name if left out */
                    author?: string;
                };
            };
        };
        responses: {
            /** @description Added */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        silence: components["schemas"]["Silence"];
                        warnings: components["schemas"]["SilenceWarning"][];
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    previewSilence: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    matchers: string[];
                    /** @description How long, such as 2h */
                    for?: string;
                    /**
                     * Format: date-time
                     * @description Now if left out
                     */
                    starts_at?: string;
                    /**
                     * Format: date-time
                     * @description Instead of for
                     */
                    ends_at?: string;
                    recurrence?: components["schemas"]["NewRecurrence"];
                };
            };
        };
        responses: {
            /** @description What it would do */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SilencePreview"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    expireSilence: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is over */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    listRecurringSilences: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Recurring silences */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        recurring_silences: components["schemas"]["RecurringSilence"][];
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    addRecurringSilence: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    matchers: string[];
                    recurrence: components["schemas"]["NewRecurrence"];
                    comment: string;
                    /** @description A signed-in user's own name if left out */
                    author?: string;
                };
            };
        };
        responses: {
            /** @description Added */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        recurring_silence: components["schemas"]["RecurringSilence"];
                        warnings: components["schemas"]["SilenceWarning"][];
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    deleteRecurringSilence: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    listPostedAlerts: {
        parameters: {
            query?: {
                /** @description A matcher as in /api/v2/alerts, such as job=~"shop.*"; several must all match */
                filter?: string[];
                /** @description Text somewhere in labels or annotations; ASCII case is ignored */
                q?: string;
                /** @description open is firing or suppressed */
                state?: "open" | "firing" | "suppressed" | "resolved" | "all";
                receiver?: string;
                /** @description starts_at, updated_at or a label's name; a minus in front turns it round */
                sort?: string;
                limit?: number;
                /** @description next of the page before */
                after?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Alerts */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        alerts: components["schemas"]["PostedAlert"][];
                        /** @description That match on all pages */
                        total: number;
                        next: string | null;
                        seq: components["schemas"]["Seq"];
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    readPostedAlert: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                fingerprint: components["parameters"]["fingerprint"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The alert */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PostedAlert"] & {
                        groups: components["schemas"]["PostedGroup"][];
                        /** @description Id of the alert that it is a source or evidence of */
                        problem: string | null;
                        /** @description What the page gate says of it; null where it has nothing to say */
                        gate: {
                            /** @enum {string} */
                            decision: "page" | "ticket" | "dashboard";
                            /** @enum {string} */
                            mode: "observe" | "enforce";
                            reasons: ("no-owner" | "nobody-to-reach" | "no-impact" | "no-runbook" | "cause-without-symptom")[];
                        } | null;
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    readPostedAlertHistory: {
        parameters: {
            query?: {
                /** @description Entries; notifications of their time come with them */
                limit?: number;
                /** @description next of the page before */
                after?: number;
            };
            header?: never;
            path: {
                fingerprint: components["parameters"]["fingerprint"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its history */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        fingerprint: string;
                        labels: components["schemas"]["LabelSet"];
                        events: components["schemas"]["AlertEvent"][];
                        next: number | null;
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    listGroupNotifications: {
        parameters: {
            query?: {
                limit?: number;
                /** @description next of the page before */
                after?: string;
            };
            header?: never;
            path: {
                /** @description The group's key, percent-encoded, or the key's hash */
                group: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Notifications */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description The key; null where nothing was told */
                        group: string | null;
                        notifications: components["schemas"]["GroupNotification"][];
                        next: string | null;
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    searchAlertHistory: {
        parameters: {
            query?: {
                /** @description Text in labels, receivers, reasons, answers; ASCII case is ignored */
                q?: string;
                /** @description On the alert's labels; several must all match */
                matcher?: string[];
                /** @description posted_alert.fired, or a family: posted_alert, notification, silence; several: any of them */
                kind?: string[];
                receiver?: string;
                /** @description Recorded at or after */
                from?: string;
                /** @description Recorded before */
                to?: string;
                limit?: number;
                /** @description next of the page before */
                after?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was found; none and a `next` means: not yet, ask on */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        events: components["schemas"]["AlertEvent"][];
                        next: number | null;
                        looked_at: number;
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    readRoutes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The tree */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        tree: components["schemas"]["Route"];
                        receivers: {
                            name: string;
                            labels: components["schemas"]["LabelSet"];
                            integrations: components["schemas"]["IntegrationCount"][];
                            /** @description Whether anybody is told by it */
                            is_delivered: boolean;
                        }[];
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    walkRoutes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    labels?: components["schemas"]["LabelSet"];
                    /** @description Of a posted alert that is there */
                    fingerprint?: string;
                };
            };
        };
        responses: {
            /** @description The way */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        labels: components["schemas"]["LabelSet"];
                        fingerprint: string;
                        /**
                         * @description Of the posted alert with these labels; null where there is none
                         * @enum {string|null}
                         */
                        state: "firing" | "suppressed" | "resolved" | null;
                        tree: components["schemas"]["Route"];
                        taken: components["schemas"]["TakenRoute"][];
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    postToDoor: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Taken; `ignored` counts what the mapping leaves out */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        alerts: number;
                        ignored: number;
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    listHeartbeats: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Heartbeats */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        heartbeats: components["schemas"]["Heartbeat"][];
                        seq: components["schemas"]["Seq"];
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    pingHeartbeatByGet: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The heartbeat */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Heartbeat"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    pingHeartbeat: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The heartbeat */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Heartbeat"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    listIncidents: {
        parameters: {
            query?: {
                state?: "open" | "all";
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Incidents */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        incidents: components["schemas"]["Incident"][];
                        seq: components["schemas"]["Seq"];
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    readIncident: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The incident */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IncidentDetail"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    readTimeline: {
        parameters: {
            query?: {
                /** @description `next` of the page before; left out, the timeline's begin */
                after?: number;
                limit?: number;
            };
            header?: never;
            path: {
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Entries */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        entries: components["schemas"]["Entry"][];
                        /** @description `after` of the next page; null at the end */
                        next: number | null;
                        seq: components["schemas"]["Seq"];
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    acknowledgeIncident: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Acknowledged (also when it was already) */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Incident"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    escalateIncident: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description They are rung */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Incident"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    openIncidentChannel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is wanted */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Incident"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    snoozeIncident: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description Duration from 1m to 24h
                     * @example 30m
                     */
                    for: string;
                };
            };
        };
        responses: {
            /** @description Snoozed */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Incident"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    listEscalationPolicies: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Policies */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        policies: components["schemas"]["EscalationPolicy"][];
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    previewEscalationPolicy: {
        parameters: {
            query?: {
                /** @description Now unless told */
                at?: string;
                severity?: "SEV-1" | "SEV-2" | "SEV-3" | "SEV-4" | "SEV-5";
                /** @description Whose members are rung when nobody else is there; the first team of the policy unless told */
                team?: string;
            };
            header?: never;
            path: {
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The picture */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EscalationPreview"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    readOnCallLoad: {
        parameters: {
            query?: {
                /** @description 30 days before `until` unless told */
                from?: string;
                /** @description Now unless told */
                until?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Everybody who was paged or on call */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        people: components["schemas"]["OnCallLoad"][];
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    setIncidentState: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    state: components["schemas"]["IncidentState"];
                    note?: string;
                };
            };
        };
        responses: {
            /** @description Moved */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Incident"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    setIncidentSeverity: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    severity: number;
                };
            };
        };
        responses: {
            /** @description Set */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Incident"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    addIncidentNote: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    text: string;
                };
            };
        };
        responses: {
            /** @description Written */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Entry"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    listObjectives: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Objectives */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        objectives: components["schemas"]["Objective"][];
                        seq: components["schemas"]["Seq"];
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    readObjective: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The objective */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Objective"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    chartObjective: {
        parameters: {
            query?: {
                /** @description Prometheus duration, 5m to 400d */
                window?: string;
            };
            header?: never;
            path: {
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The chart */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Chart"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    listSignals: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Signals */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        signals: components["schemas"]["Signal"][];
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    chartSignal: {
        parameters: {
            query?: {
                window?: string;
                limit?: number;
            };
            header?: never;
            path: {
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The chart */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignalChart"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    readLogbook: {
        parameters: {
            query?: {
                after?: number;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Entries */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        entries: components["schemas"]["Entry"][];
                        seq: components["schemas"]["Seq"];
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    stream: {
        parameters: {
            query?: {
                since?: number;
            };
            header?: {
                "Last-Event-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The stream */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            default: components["responses"]["Error"];
        };
    };
    remoteWrite: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-protobuf": string;
            };
        };
        responses: {
            /** @description Accepted */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    healthy: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
        };
    };
    ready: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description Not ready */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
        };
    };
    metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Metrics */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
        };
    };
    pageView: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What is wrong */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description The link is not valid */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
        };
    };
    pageAnswer: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": {
                    /** @enum {string} */
                    answer: "acknowledge" | "escalate" | "snooze" | "resolve";
                    /**
                     * @description With snooze; 1m to 24h
                     * @example 30m
                     */
                    for?: string;
                    /** @description With escalate, as the page gave it: refused when the next people were rung since */
                    place?: string;
                };
            };
        };
        responses: {
            /** @description Answered; JSON where Accept asks for application/json */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                    "application/json": components["schemas"]["LinkAnswer"];
                };
            };
            /** @description The rules refuse it; the page says why */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description The link is not valid */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
        };
    };
    listOnCall: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        on_call: components["schemas"]["OnCallNow"][];
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    myTurns: {
        parameters: {
            query?: {
                /** @description Who asks if left out */
                person?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Their turns */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MyTurns"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    listSchedules: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Schedules */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        schedules: components["schemas"]["ScheduleSummary"][];
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    readSchedule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The schedule */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Schedule"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    listTurns: {
        parameters: {
            query?: {
                /** @description Now if left out */
                from?: string;
                /** @description 28 days later if left out; at most 400 days after `from` */
                until?: string;
                /** @description Whether to show each layer by itself */
                layers?: boolean;
            };
            header?: never;
            path: {
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description They tile the time */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        turns: components["schemas"]["Turn"][];
                        layers: {
                            name: string;
                            turns: components["schemas"]["Turn"][];
                        }[];
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    listServed: {
        parameters: {
            query?: {
                /** @description 28 days ago if left out */
                from?: string;
                /** @description 28 days later if left out; at most 400 days after `from` */
                until?: string;
            };
            header?: never;
            path: {
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description By begin */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        served: components["schemas"]["Served"][];
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    addOverride: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    kind: "add" | "remove" | "replace";
                    /** @description Who asks if left out or empty */
                    person?: string;
                    /** @description Of kind replace: whose turns; everybody's if empty */
                    replaces?: string;
                    /** Format: date-time */
                    begin: string;
                    /** Format: date-time */
                    end: string;
                    note?: string;
                };
            };
        };
        responses: {
            /** @description Made */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Override"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    removeOverride: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["id"];
                oid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Taken back */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    takePager: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description Who asks if left out or empty */
                    person?: string;
                    /** Format: date-time */
                    until?: string | null;
                };
            };
        };
        responses: {
            /** @description The override that this is */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Override"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    addPlan: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: date-time */
                    begin: string;
                    /** Format: date-time */
                    end: string;
                    note?: string;
                    shifts: {
                        people: string[];
                        /** Format: date-time */
                        begin: string;
                        /** Format: date-time */
                        end: string;
                    }[];
                };
            };
        };
        responses: {
            /** @description Made */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FixedPlan"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    removePlan: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["id"];
                pid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Taken back */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    listHandOffNotes: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The notes */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HandOffNotes"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    writeHandOffNote: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Shown as it is */
                    text: string;
                    /** @description `updated` of the open note that the writer has read, empty if there was none: when it is another by now the answer is 409. Left out, nothing is compared */
                    seen?: string;
                };
            };
        };
        responses: {
            /** @description Written */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        open: components["schemas"]["HandOffNote"] | null;
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    draftHandOffNote: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A text */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        text: string;
                        /** Format: date-time */
                        since: string;
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    askSwap: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Who asks if left out or empty */
                    from?: string;
                    /** @description Anybody of the schedule if left out or empty */
                    to?: string;
                    /** Format: date-time */
                    begin: string;
                    /** Format: date-time */
                    end: string;
                    note?: string;
                };
            };
        };
        responses: {
            /** @description Asked */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Swap"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    takeSwap: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sid: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description Who asks if left out or empty */
                    person?: string;
                };
            };
        };
        responses: {
            /** @description The swap */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Swap"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    declineSwap: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sid: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description Who asks if left out or empty */
                    person?: string;
                };
            };
        };
        responses: {
            /** @description The swap */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Swap"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    withdrawSwap: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sid: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description Who asks if left out or empty */
                    person?: string;
                };
            };
        };
        responses: {
            /** @description The swap */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Swap"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    listAbsences: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description By begin */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        absences: components["schemas"]["Absence"][];
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    addAbsence: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Who asks if left out or empty */
                    person?: string;
                    /** Format: date-time */
                    begin: string;
                    /** Format: date-time */
                    end: string;
                    note?: string;
                };
            };
        };
        responses: {
            /** @description Added */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Absence"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    removeAbsence: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                aid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Removed */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    putCalendar: {
        parameters: {
            query?: {
                /** @description Whose days they are; that of a layer which names the calendar if left out */
                zone?: string;
            };
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "text/calendar": string;
            };
        };
        responses: {
            /** @description Imported */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        name: string;
                        days: number;
                        /** @description What could not be read */
                        notes: {
                            line: number;
                            text: string;
                        }[];
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    putVacations: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "text/calendar": string;
            };
        };
        responses: {
            /** @description Imported */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        person: string;
                        absences: number;
                        /** @description What could not be read */
                        notes: {
                            line: number;
                            text: string;
                        }[];
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    listIcalLinks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The oldest first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        links: components["schemas"]["IcalLink"][];
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    addIcalLink: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    kind: "person" | "schedule" | "team";
                    /** @description Of kind person: who asks if left out or empty */
                    name?: string;
                };
            };
        };
        responses: {
            /** @description Made */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AddedIcalLink"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    removeIcalLink: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                lid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Removed */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    readIcalFeed: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                file: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The calendar */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/calendar": string;
                };
            };
            default: components["responses"]["Error"];
        };
    };
}

/* Where a request meets the rules: match the route, authenticate, CSRF, permission, body checks, transaction, handler, answer. */
#ifndef LABELD_API_GATE_H
#define LABELD_API_GATE_H

#include "db/db.h"
#include "http/rq.h"

/* Once per worker: compile routes and templates into `boot`. `pool` is "web" or "slow". Errors: BAD_REQUEST (a template does not compile). */
err *gate_init(struct arena *boot, struct db *db, const char *pool) __attribute__((warn_unused_result));
/* Serve one request completely: when it returns, the answer is finished or broken off. */
void gate_handle(struct rq *rq);

/* For page handlers: this page holds the annotation editor, which needs a wider Content-Security-Policy than the rest.
 * framed: pages of this server may show it in a frame. */
void gate_csp_editor(struct rq *rq, bool framed);
/* This page shows pictures, sounds and films of tasks, which may be on other hosts (cfg.media_hosts). */
void gate_csp_media(struct rq *rq);
/* Besides this server, scripts and what they show may come from these hosts; inline ones that bear the nonce, NULL for none. */
void gate_csp_script(struct rq *rq, const char *hosts, const char *nonce);
/* The database of this worker, for the few handlers that run without a scope's rules (readiness). */
struct db *gate_db(void);

/* After the answer: a call of a member that changes something goes into the activity log. duration_us is that of the whole request. */
void gate_note(const struct rq *rq, int64_t duration_us);

#endif

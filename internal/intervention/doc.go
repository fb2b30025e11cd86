// Package intervention decides who needs a meeting: a Standing and what was
// done before go in, Actions with their reasons come out, and a Plan that gives
// each family a day and a time. It is pure; the ledger remembers, the pipeline
// orders.
//
// A Case is one reason to meet one family: of a kind (CART or SART), of a
// round, in a school year. Its Events are only ever added to, and its State is
// read from them alone:
//
//	identified ─► waiting ─► invited ─► scheduled ─► held ──────► completed ─► monitoring
//	     │           ▲  ▲       │  mailed,  │         ▲  contract     │             │
//	     └───────────┼──┼─► invited  sent   │         │   agreed      ├─► closed ◄──┤
//	                 │  │       │    home   ▼         │               ├─► again ◄───┤
//	                 │  └───────┴──────── no show ────┤               └─► referred ◄┘
//	                 │  rescheduled         │  ▲      │                    ▲
//	                 │                      │  └─ attempt, with its time   │
//	                 └── cancelled, moved   └──── by phone ─► completed    │
//	                                        └──────────────────────────────┘
//	referred:                ─► closed, when the board is done; withdrawn takes the
//	                            referral back, and it is where it was before
//	held, without a contract ─► closed, or referred
//	before held:             ─► withdrawn · superseded · left; and from there
//	                            identified, when the rule holds again
//	told and below threshold ─► stays, for a person to review, the meeting day past
//	                            or not; an attempt changes nothing, then or later
//	undone                   ─► as if what a person recorded last had never been,
//	                            until a night has acted on it
//
// The rules change over time: policies.go has each set of them begin on its day,
// restore.go reads back what was kept of one, former.go asks the one that opened
// a case.
//
// event.go names what can happen, state.go holds the edges of the drawing and
// refuses what does not fit, undo.go strikes out what was entered by mistake,
// policy.go reads the rules, decide.go compares standing and history,
// corrections.go tells what was amended from what has changed by itself, sent.go
// knows which letters went out, told.go what the family knows and what takes it back,
// notice.go and recall.go the same of a notice of truancy and of a referral,
// hold.go leaves a student alone whom a person has put on hold, meetingday.go
// expands the calendar of meeting days, schedule.go gives out the slots.
package intervention

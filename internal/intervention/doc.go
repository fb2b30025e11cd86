// Package intervention decides who needs a meeting: a Standing and what was
// done before go in, Actions with their reasons come out, and a Plan that gives
// each family a day and a time. It is pure; the ledger remembers, the pipeline
// orders.
//
// A Case is one reason to meet one family: of a kind (CART or SART), of a
// round, in a school year. Its Events are only ever added to, and its State is
// read from them alone:
//
//	identified ──► waiting ──► scheduled ──► held ─────► completed ─► monitoring
//	     │            ▲   ▲        │            ▲            ▲
//	     └────────────┼───┼► scheduled          │            │
//	                  │   └─ cancelled/moved    │            │
//	                  └───────────┴─► no_show ──┴► attempt ──┘
//	any state before held ──► withdrawn · superseded · left
//
// policy.go reads the rules, case.go the states, decide.go compares standing
// and history, meetingday.go expands the calendar of meeting days, schedule.go
// gives out the slots.
package intervention

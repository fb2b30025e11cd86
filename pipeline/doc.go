// Package pipeline is the order of the night: read twice (district, ledger),
// think (pure), write once (one transaction), then work through jobs that may
// be repeated without harm.
//
// # The life of one absence
//
// A teacher marks Ana absent on 9 October, code U. At four in the morning of
// the 10th a night starts for the 9th.
//
//	calendar  The district's meeting days are laid out, the Attendance
//	          Specialist never at two schools at once.
//	extract   Her school's rows are read; her mark is among them. What the
//	          ledger remembers of her is read beside it.
//	assess    Her days are added up: this is her third unexcused absence. The
//	          Standing carries the three dates.
//	decide    The policy owes her family a SART meeting; nothing shows that one
//	          was called. An Action is born, with its reason.
//	schedule  The first free SART slot with enough lead, beside her brother's.
//	commit    Case, meeting, letters, what the papers are made of and the jobs
//	          that make them enter the ledger together, or not at all.
//	render    Her letter, in Spanish and English, joins the school's batch; her
//	          meeting file joins the day's.
//	deliver   Admin, office manager and specialist are told.
//	close     The district's workbook is made and the night summed up; its office
//	          is told.
//
// The next night the same row is read again. The ledger answers that she was
// invited, and decide records the silence. Nothing is sent twice, because
// nothing downstream of commit decides anything; nothing is lost, because
// the jobs that a commit owes enter the queue with it.
//
// A school's night may stop for a person (held.go): its data cannot be believed,
// somebody put it on hold, or the district wants to see first what would go out.
// Then it is shown and nothing of it is issued, until a person approves it
// (approve.go), or a night comes that nothing stops.
//
// Before commit nothing is stored of a school, so a night that breaks decides it
// afresh. After it only open jobs go on. The unit is a school: one bad school never
// costs the others their night. Schools are decided as jobs, side by side and on
// several machines (hands.go), but where they have a family in common one waits for
// the other (turns.go): a night comes to the same whoever is faster.
package pipeline

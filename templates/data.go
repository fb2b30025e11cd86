package templates

// FamilyData is what every letter and form about one student can name. All of
// it is ready to print, in the language of the file it is printed by. A field
// that may be empty says so.
type FamilyData struct {
	Student  StudentWords
	Adults   string // "Maria Flores and José Flores", or words for parent or guardian
	School   PlaceWords
	District PlaceWords
	Date     string // the day on the letter, "Wednesday, October 15, 2025"
	Year     string // the school year, "2025-26"

	Kind string // CART or SART
	Team string // the team's name in full, with the short form in brackets

	DaysAbsent    int // full days absent this school year, for any reason
	DaysEnrolled  int // school days enrolled so far
	Percent       string
	DaysUnexcused int // of DaysAbsent, without a valid excuse
	PartialDays   int // days late or gone for more than 30 minutes, without a valid excuse
	TruancyEvents int // DaysUnexcused + PartialDays
	// Truant says that the law's three events are of days on which the student was
	// of compulsory school age: only then may a letter speak of truancy.
	Truant bool
	Dates  []CountedDate

	Meeting MeetingWords // Day is empty where none is booked
	Contact PersonWords  // who corrects a date and moves a meeting
	Signer  PersonWords  // Name may be empty
}

// StudentWords is a student as letters name them.
type StudentWords struct {
	Name      string
	FirstName string // the preferred one; "your child" where there is none
	Grade     string // "grade 3", "kindergarten"
	ID        string // for forms that stay in the school; not for letters
	Homeroom  string // may be empty
}

// PlaceWords is a school or the district office.
type PlaceWords struct {
	Name    string
	Address string // one line; may be empty
	Phone   string // may be empty
	Website string // may be empty
}

// PersonWords is a member of staff.
type PersonWords struct {
	Name  string // may be empty: then Title says who
	Title string // "Attendance Clerk", "Administrator"
	Phone string // the school's where they have none; may be empty
}

// CountedDate is one line of the table of dates.
type CountedDate struct {
	Date    string // "Tue Oct 7": the heading names the school year
	Reason  string // the category of the absence code: "Excused", "Not excused"
	Counted string // "full day", "45 minutes late"
}

// MeetingWords is a booked meeting.
type MeetingWords struct {
	Day         string // "Tuesday, November 18, 2025"; empty where none is booked
	Time        string // "8:30 AM"
	AtTime      string // "at 8:30 AM", "a las 8:30 a. m."
	Place       string // with the room
	Facilitator string // a name, or "the attendance team"
}

// LetterData is what a letter can name.
type LetterData struct {
	FamilyData
	ID        string // the short number on the folio line
	CorrectBy string // until when a wrong date can be reported; may be empty
	Before    string // the day of the meeting that was moved, missed or called off; may be empty
	// FromSchool is the school of that meeting where it is another than this; empty
	// where it is not.
	FromSchool string
	// Stands is the meeting of another letter, which goes on when this one calls its
	// own off; Day is empty where there is none.
	Stands MeetingWords
	// Another says that the family is called to one more, by a letter that may not
	// have gone out yet: its day can still change.
	Another bool
	Wrote   string // the date of the letter that is taken back; may be empty
	// Referral is the date of the notice of a referral to SARB that is taken back;
	// empty where a letter about a meeting is.
	Referral string
	// Notice is the date of the notice of truancy that is taken back too,
	// NoticeStands that of one that stays true; either may be empty.
	Notice, NoticeStands string
	Corrected            bool // it is taken back because the records were corrected
	Lapsed               bool // it is taken back because the figures ask for no meeting any more
	GoneOn               bool // truancy has gone on since the meeting, or since it was missed
	// Interpreter is the offer of an interpreter in the family's own language;
	// empty in letters to families who read English or Spanish.
	Interpreter string
}

// ContractData is what a CART or SART contract and the meeting notes form can
// name.
type ContractData struct {
	FamilyData
	Address  string   // the family's, one line; may be empty
	Phone    string   // the family's; may be empty
	Supports []string // the district's menu of interventions, may be empty
}

// MailingData is what the declaration of mailing can name.
type MailingData struct {
	School, District PlaceWords
	Batch            string
	Date             string
	Letters          int // pieces of mail
	Sheets           int // sheets of paper in them
	Kinds            []KindCount
	Recorders        string // whom to ask to put the mailing on record
	Record           string // the command they run
}

// KindCount counts the letters of one kind.
type KindCount struct {
	Kind    string // "CART invitation"
	Letters int
}

// EmailData is what a message to the staff can name. It holds counts and days;
// no student's name is in it, because mail travels in clear.
type EmailData struct {
	Role        string // "Office Manager"
	School      string // empty in messages to the district office
	District    string
	Date        string // the day the figures are of
	RunID       string
	Held        string // why nothing was issued; empty where it was
	Mend        string // how a held school goes on
	Approved    string // by whom a night that had been held was approved; empty where nobody had to
	Counts      []Count
	ToDo        []ToDo // by day
	Meetings    []MeetingDayLine
	Schools     []SchoolLine // district office only
	Problems    []string     // what a person must look at, without names
	Attachments []string     // file names
	Links       []Link
	Password    string // how the attachments' password travels; empty where they have none
	Version     string
}

// Count is one figure with its label: "New SART cases", 4.
type Count struct {
	Label string
	N     int
	Words string // in place of N, where a small count is not shown
}

// ToDo is one thing to do by a day.
type ToDo struct {
	By   string // "Friday, October 17"
	What string
}

// MeetingDayLine is one meeting day ahead.
type MeetingDayLine struct {
	Day, Kind, Times, Place string
	Meetings                int
	Specialist              string // the Attendance Specialist's part, with the name where known; may be empty
}

// SchoolLine is one school in the district office's message.
type SchoolLine struct {
	Name              string
	CART, SART        string // new cases; in words where a small count is not shown
	Letters, Meetings string // letters by mail, meetings booked
	Exceptions        int
	Held, Approved    string // as in EmailData
}

// Link is a place to fetch a file: a web address, or where there is none the
// plain path, which mail programs do not open.
type Link struct{ Name, URL, Path string }

package demo

import "rollcall/internal/district"

// The district's absence codes.
const (
	ill         = "I"
	medical     = "D"
	bereaved    = "B"
	wellness    = "W"
	otherReason = "X"
	unexcused   = "U"
	vacation    = "V"
	unverified  = "A"
	suspended   = "S"
	studyGap    = "Q"
	tardy       = "L"
	tardyOver30 = "T"
	lateExcused = "E"
	present     = "P"
)

// codes is the bundle's table: every category is in use.
var codes = []district.Code{
	{Code: unverified, Category: district.Unverified, Description: "Absent, reason not yet verified"},
	{Code: bereaved, Category: district.Excused, Description: "Bereavement"},
	{Code: medical, Category: district.Excused, Description: "Medical or dental appointment"},
	{Code: lateExcused, Category: district.Present, Description: "Late, excused"},
	{Code: ill, Category: district.Excused, Description: "Illness"},
	{Code: tardy, Category: district.Tardy, Description: "Tardy"},
	{Code: present, Category: district.Present, Description: "Present, corrected"},
	{Code: studyGap, Category: district.IndependentStudyIncomplete, Description: "Independent study, work not complete"},
	{Code: suspended, Category: district.Suspension, Description: "Suspension"},
	{Code: tardyOver30, Category: district.TardyOver30, Description: "Tardy more than 30 minutes"},
	{Code: unexcused, Category: district.Unexcused, Description: "Unexcused"},
	{Code: vacation, Category: district.Unexcused, Description: "Family trip, not excused"},
	{Code: wellness, Category: district.Excused, Description: "Mental or behavioral health"},
	{Code: otherReason, Category: district.Excused, Description: "Other justifiable personal reason"},
}

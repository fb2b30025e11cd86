package district

import (
	"cmp"
	"slices"
	"strings"
)

// Contact is one adult of a student.
type Contact struct {
	ID, Name, Relationship, Language string
	Street, Unit, City, State, Zip   string
	Phone, Email                     string
	ReceivesMail                     bool
	HouseholdID                      string
	Priority                         int // 1 is called first; 0 where the export does not say
}

// Address is where a letter goes.
type Address struct {
	Street, Unit, City, State, Zip string
}

// outsiders are words of relationships by which a contact is no member of the family.
var outsiders = []string{"neighbor", "neighbour", "friend", "sitter", "daycare", "day care", "child care", "coach", "vecin", "amig", "niñer"}

// IsFamily reports whether a contact may be told about the student's attendance: a
// neighbor or a friend on the emergency card may be asked to reach the family, and
// is told nothing (FERPA, 34 CFR 99.30). A relationship that is not known is taken
// as the family's.
func (c *Contact) IsFamily() bool {
	relationship := strings.ToLower(c.Relationship)
	return !slices.ContainsFunc(outsiders, func(word string) bool { return strings.Contains(relationship, word) })
}

// Usable reports whether a letter can be sent there: a street, a city, a state
// and a ZIP that begins with five digits.
func (a Address) Usable() bool {
	return strings.TrimSpace(a.Street) != "" && strings.TrimSpace(a.City) != "" &&
		strings.TrimSpace(a.State) != "" && zip5(a.Zip) != ""
}

// Missing names the parts Usable finds wanting, for the person who mends them.
func (a Address) Missing() []string {
	var parts []string
	for _, p := range []struct {
		name string
		ok   bool
	}{
		{"street", strings.TrimSpace(a.Street) != ""}, {"city", strings.TrimSpace(a.City) != ""},
		{"state", strings.TrimSpace(a.State) != ""}, {"ZIP", zip5(a.Zip) != ""},
	} {
		if !p.ok {
			parts = append(parts, p.name)
		}
	}
	return parts
}

// Line is the address in one line: "12 Oak St Apt 4, Valle Verde, CA 92599".
func (a Address) Line() string {
	street := strings.TrimSpace(strings.TrimSpace(a.Street) + " " + strings.TrimSpace(a.Unit))
	return strings.Join([]string{street, strings.TrimSpace(a.City), strings.TrimSpace(strings.TrimSpace(a.State) + " " + strings.TrimSpace(a.Zip))}, ", ")
}

// Key is the address normalised for comparison: "12 Oak St., Apt 4" and
// "12 OAK ST # 4" of one ZIP are the same door only where the letters and
// digits agree, so nothing is guessed.
func (a Address) Key() string {
	if !a.Usable() {
		return ""
	}
	return letters(a.Street) + "|" + letters(a.Unit) + "|" + letters(a.City) + "|" + letters(a.State) + "|" + zip5(a.Zip)
}

// letters upper-cases and turns every run of other characters into one space.
func letters(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToUpper(s), func(r rune) bool {
		return r < 0x80 && !(r >= '0' && r <= '9' || r >= 'A' && r <= 'Z')
	}), " ")
}

func zip5(zip string) string {
	zip = strings.TrimSpace(zip)
	if len(zip) < 5 {
		return ""
	}
	for _, c := range zip[:5] {
		if c < '0' || c > '9' {
			return ""
		}
	}
	return zip[:5]
}

// Address is the contact's own.
func (c Contact) Address() Address {
	return Address{Street: c.Street, Unit: c.Unit, City: c.City, State: c.State, Zip: c.Zip}
}

// Household is the adults who get one letter together.
type Household struct {
	// Key is the household_id, or the address where the export gives none. Two
	// children of one household have the same.
	Key      string
	Adults   []Contact // those who receive mail, by priority
	Address  Address   // not Usable where none of the adults has one
	Language string    // BCP 47: the contacts', else the student's home language, else en
}

// Households groups the student's mail-receiving contacts: by household_id,
// else by address; a contact without an ID joins the household at the same
// address. One ID with two addresses is two households, because a letter must
// not go to a door its addressee does not live at; who has an ID but no address
// shares the first of that ID. They come in the contacts' order.
func (s *Student) Households() []Household {
	type group struct {
		id     string
		adults []Contact
		addr   Address
	}
	var groups []*group
	find := func(match func(*group) bool) *group {
		for _, g := range groups {
			if match(g) {
				return g
			}
		}
		return nil
	}
	var later []Contact
	for _, c := range s.Contacts {
		if !c.ReceivesMail {
			continue
		}
		if c.HouseholdID == "" || !c.Address().Usable() {
			later = append(later, c)
			continue
		}
		g := find(func(g *group) bool { return g.id == c.HouseholdID && g.addr.Key() == c.Address().Key() })
		if g == nil {
			g = &group{id: c.HouseholdID, addr: c.Address()}
			groups = append(groups, g)
		}
		g.adults = append(g.adults, c)
	}
	for _, c := range later {
		key := c.Address().Key()
		var g *group
		switch {
		case key != "":
			g = find(func(g *group) bool { return g.addr.Key() == key })
		case c.HouseholdID != "":
			g = find(func(g *group) bool { return g.id == c.HouseholdID })
		default:
			g = find(func(g *group) bool { return g.id == "" && g.addr.Key() == "" })
		}
		if g == nil {
			g = &group{id: c.HouseholdID, addr: c.Address()}
			groups = append(groups, g)
		}
		g.adults = append(g.adults, c)
	}
	households := make([]Household, 0, len(groups))
	seen := map[string]bool{}
	for _, g := range groups {
		slices.SortStableFunc(g.adults, byPriority)
		h := Household{Key: g.id, Adults: g.adults, Address: g.addr, Language: s.languageOf(g.adults)}
		if h.Key == "" {
			h.Key = g.addr.Key()
		}
		if h.Key == "" {
			h.Key = "student " + s.ID
		}
		if seen[h.Key] {
			h.Key += " @ " + g.addr.Key()
		}
		seen[h.Key] = true
		households = append(households, h)
	}
	slices.SortStableFunc(households, func(a, b Household) int { return byPriority(a.Adults[0], b.Adults[0]) })
	return households
}

func byPriority(a, b Contact) int {
	rank := func(c Contact) int {
		if c.Priority <= 0 {
			return 1 << 30
		}
		return c.Priority
	}
	return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.ID, b.ID))
}

// languageOf prefers any language that is not English: a sheet in two
// languages serves both adults, one in English serves one (EC 48985).
func (s *Student) languageOf(adults []Contact) string {
	found := ""
	for _, c := range adults {
		switch lang := strings.ToLower(strings.TrimSpace(c.Language)); {
		case lang == "":
		case found == "" || IsEnglish(found) && !IsEnglish(lang):
			found = lang
		}
	}
	return cmp.Or(found, strings.ToLower(strings.TrimSpace(s.HomeLanguage)), "en")
}

// HomeLanguageOrEnglish is the language of the copy a student carries home:
// the first household's, else the home language, else English.
func (s *Student) HomeLanguageOrEnglish() string { return s.languageOf(s.Contacts) }

// IsEnglish reports whether a BCP 47 tag names English.
func IsEnglish(tag string) bool { return primary(tag) == "en" }

// IsSpanish reports whether a BCP 47 tag names Spanish.
func IsSpanish(tag string) bool { return primary(tag) == "es" }

func primary(tag string) string {
	p, _, _ := strings.Cut(strings.ReplaceAll(strings.ToLower(tag), "_", "-"), "-")
	return p
}

// LinkSiblings fills Siblings: students who share a household key. students
// must be the whole district's; on is the day whose enrollment names school
// and grade.
func LinkSiblings(students []Student, on Date) {
	members := map[string][]int{}
	keys := make([][]string, len(students))
	for i := range students {
		for _, h := range students[i].Households() {
			if strings.HasPrefix(h.Key, "student ") {
				continue
			}
			members[h.Key] = append(members[h.Key], i)
			keys[i] = append(keys[i], h.Key)
		}
	}
	for i := range students {
		students[i].Siblings = nil
		seen := map[int]bool{i: true}
		for _, key := range keys[i] {
			for _, j := range members[key] {
				if seen[j] {
					continue
				}
				seen[j] = true
				other := &students[j]
				e, enrolled := other.EnrollmentOn(on)
				if !enrolled {
					continue
				}
				students[i].Siblings = append(students[i].Siblings,
					Sibling{StudentID: other.ID, Name: other.Name(), SchoolID: e.SchoolID, Grade: e.Grade})
			}
		}
		slices.SortFunc(students[i].Siblings, func(a, b Sibling) int { return cmp.Compare(a.StudentID, b.StudentID) })
	}
}

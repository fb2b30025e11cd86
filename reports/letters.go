package reports

import (
	"bytes"
	"cmp"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	_ "image/png" // a logo may be one
	"slices"
	"strings"

	"rollcall/internal/attendance"
	"rollcall/internal/district"
	"rollcall/internal/intervention"
	"rollcall/templates"
)

// MaxLetters is how many letters one batch may hold: a document's memory grows
// with its pages.
const MaxLetters = 200

// LetterBatch is one file of letters, to be printed on both sides.
type LetterBatch struct {
	PDF
	Letters []PrintedLetter // in the order given
}

// PrintedLetter is where a letter is in its batch.
type PrintedLetter struct {
	ID     string
	Digest string // SHA-256 of its laid-out content, hex
	Page   int    // its first page, from 1; always odd
	Pages  int    // with both languages, without the blank back
	// Recipient and Address are what stands in the window, each on one line.
	Recipient, Address string
}

// SortForMail puts letters into the order of the post: by ZIP, then street, then
// household, then letter.
func SortForMail(letters []LetterDue) {
	fonts := typefaces()
	type key struct{ zip, street, household, id string }
	keys := map[string]key{}
	for i := range letters {
		a := letters[i].Household.Address
		keys[letters[i].Letter.ID] = key{fonts.zip(a.Zip), fonts.postal(a.Street + " " + a.Unit), letters[i].Household.Key, letters[i].Letter.ID}
	}
	slices.SortStableFunc(letters, func(a, b LetterDue) int {
		x, y := keys[a.Letter.ID], keys[b.Letter.ID]
		return cmp.Or(cmp.Compare(x.zip, y.zip), cmp.Compare(x.street, y.street), cmp.Compare(x.household, y.household), cmp.Compare(x.id, y.id))
	})
}

// SortForStudents puts the copies into the order they are handed out: by
// homeroom, then the student's name.
func SortForStudents(s *SchoolNight, letters []LetterDue) {
	name := func(l *LetterDue) string {
		if f := s.File(l.Letter.StudentID); f != nil {
			return f.Student.SortName()
		}
		return ""
	}
	slices.SortStableFunc(letters, func(a, b LetterDue) int {
		return cmp.Or(natural(a.Homeroom, b.Homeroom), cmp.Compare(name(&a), name(&b)), cmp.Compare(a.Letter.ID, b.Letter.ID))
	})
}

// Letters prints letters, at most MaxLetters, in the order given: a cover sheet
// with the counts, each letter from a front page on, and behind letters for the
// mail the declaration to sign. batch names the file on both. A family who reads
// Spanish gets English on the front and Spanish on the back (EC 48985); any other
// language gets English with the offer of an interpreter.
func Letters(s *SchoolNight, set *templates.Set, letters []LetterDue, batch string) (LetterBatch, error) {
	if len(letters) == 0 || len(letters) > MaxLetters {
		return LetterBatch{}, fmt.Errorf("letters %s: %d letters, a batch holds 1 to %d", batch, len(letters), MaxLetters)
	}
	p := newPaper("Letters "+batch, &s.Night, portrait)
	p.logo = opaqueLogo(s.Night.District.Logo)
	// The cover counts the sheets, so it is drawn last on a page kept for it.
	p.pages = append(p.pages, &sheet{paper: p})
	out := LetterBatch{Letters: make([]PrintedLetter, len(letters))}
	for i := range letters {
		l := &letters[i]
		sides, err := letterSides(s, set, l)
		if err != nil {
			return LetterBatch{}, fmt.Errorf("letters %s: letter %s: %w", batch, l.Letter.ID, err)
		}
		first := len(p.pages) + len(p.pages)%2
		p.letter(sides[0], true)
		for _, side := range sides[1:] {
			p.letter(side, false)
		}
		out.Letters[i] = PrintedLetter{ID: l.Letter.ID, Page: first + 1, Pages: len(p.pages) - first, Digest: digest(p.pages[first:]),
			Recipient: strings.Join(sides[0].who, " "), Address: strings.Join(sides[0].where, ", ")}
	}
	if err := batchSheets(p, s, set, letters, out.Letters, batch); err != nil {
		return LetterBatch{}, fmt.Errorf("letters %s: %w", batch, err)
	}
	pdf, err := p.finish()
	if err != nil {
		return LetterBatch{}, fmt.Errorf("letters %s: %w", batch, err)
	}
	out.PDF = pdf
	return out, nil
}

// letterSides prints a letter's words: English, and Spanish where the household
// reads it.
func letterSides(s *SchoolNight, set *templates.Set, l *LetterDue) ([]letterSide, error) {
	f := s.File(l.Letter.StudentID)
	if f == nil {
		return nil, fmt.Errorf("student %s has no file tonight", l.Letter.StudentID)
	}
	c := f.Case(l.Letter.CaseID)
	kind := kindOfLetter(l, c)
	meeting := l.Meeting
	switch {
	case !l.Letter.Kind.Invites():
		meeting = nil
	case l.Letter.Kind == intervention.Rescheduled:
		// It may call a meeting off before there is another day.
	case meeting == nil:
		return nil, fmt.Errorf("a %s without a meeting", l.Letter.Kind)
	}
	fonts := typefaces()
	adults := make([]string, 0, len(l.Household.Adults))
	for _, a := range l.Household.Adults {
		if !slices.Contains(adults, a.Name) {
			adults = append(adults, a.Name)
		}
	}
	language := cmp.Or(l.Letter.Language, l.Household.Language)
	spoken := []string{templates.English}
	if district.IsSpanish(language) {
		spoken = append(spoken, templates.Spanish)
	}
	who, where := recipient(f, l)
	sides := make([]letterSide, len(spoken))
	for i, lang := range spoken {
		words := templates.LetterData{FamilyData: familyWords(s, f, kind, meeting, adults, lang),
			ID: fonts.oneLine(l.Letter.ID, longestName), CorrectBy: templates.Day(lang, l.CorrectBy)}
		if m := before(f, l, c); m != nil {
			words.Before, words.FromSchool = templates.Day(lang, m.Date), s.another(m.SchoolID)
		}
		takenBack(&words, s, f, l, c, lang)
		if l.Letter.Kind == intervention.LetterOne {
			onlyTheLaws(&words.FamilyData, f, lang)
		}
		words.GoneOn = c != nil && goneOn(f, c)
		if !l.Letter.IssuedOn.IsZero() {
			words.Date = templates.Day(lang, l.Letter.IssuedOn)
		}
		if len(spoken) == 1 && !district.IsEnglish(language) && language != "" {
			words.Interpreter = interpreter(set, language, words.Contact.Phone)
		}
		blocks, err := set.Letter(string(l.Letter.Kind), lang, words)
		if err != nil {
			return nil, err
		}
		sides[i] = letterSide{lang: lang, blocks: blocks, words: words, returnTo: fonts.returnLines(s), who: who, where: where}
	}
	return sides, nil
}

func kindOfLetter(l *LetterDue, c *intervention.Case) intervention.Kind {
	switch {
	case l.Letter.Kind == intervention.CARTInvitation:
		return intervention.CART
	case c != nil && l.Letter.Kind != intervention.LetterOne && l.Letter.Kind != intervention.SARBNotice:
		return c.Kind
	case l.Meeting != nil && l.Letter.Kind != intervention.LetterOne && l.Letter.Kind != intervention.SARBNotice:
		return l.Meeting.Kind
	}
	return intervention.SART
}

// before is the meeting that was moved, missed or called off before the one that
// a letter invites to, nil for none: the one that the household was told of, where
// a letter of it is on record as gone out.
func before(f *StudentFile, l *LetterDue, c *intervention.Case) *intervention.Meeting {
	if c == nil || !l.Letter.Kind.Invites() {
		return nil
	}
	if _, told := c.TakenBack(l.Letter.Household); told != nil && (c.Meeting == nil || told.ID != c.Meeting.ID) {
		return told
	}
	if len(c.Past) > 0 {
		return &c.Past[len(c.Past)-1]
	}
	for i := range f.Cases {
		if l.Letter.Kind == intervention.Rescheduled {
			break
		}
		if m := c.InPlaceOf(&f.Cases[i]); m != nil {
			return m
		}
	}
	return nil
}

// another is the name of a school that is not this one; empty where it is.
func (s *SchoolNight) another(id string) string {
	if id == "" || id == s.School.ID {
		return ""
	}
	return typefaces().oneLine(s.Night.schoolName(id), longestName)
}

// goneOn reports whether the student was truant again after the meeting of a case,
// or after it was missed.
func goneOn(f *StudentFile, c *intervention.Case) bool {
	since := cmp.Or(c.MetOn(), c.DayOf(intervention.NoShow))
	return !since.IsZero() && slices.ContainsFunc(f.Standing.Truancies, func(day attendance.Day) bool { return day.Date > since })
}

// takenBack fills in what a letter of retraction takes back, and the meeting of
// another case that it must not seem to. A meeting whose day has passed needs no
// calling off.
func takenBack(words *templates.LetterData, s *SchoolNight, f *StudentFile, l *LetterDue, c *intervention.Case, lang string) {
	if c == nil || l.Letter.Kind != intervention.Retraction {
		return
	}
	if notice := c.Notice(l.Letter.Household); notice != nil {
		sent := templates.Day(lang, notice.IssuedOn)
		switch {
		case c.NoticeTakenBack(notice):
			words.Notice = sent
		case len(f.UnderLaw) >= attendance.LawTruant:
			words.NoticeStands = sent
		}
		words.Wrote = sent
	}
	if c.ReferralTakenBack() {
		words.Referral = templates.Day(lang, referralNoticeTo(c, l.Letter.Household))
		return
	}
	stands, unsaid := intervention.Beside(f.Cases, l.Letter.IssuedOn)
	words.Another = unsaid
	if stands != nil {
		words.Stands = s.Night.meetingWords(stands, cmp.Or(s.another(stands.SchoolID), words.School.Name), lang)
	}
	letter, meeting := c.TakenBack(l.Letter.Household)
	if letter != nil {
		words.Wrote = templates.Day(lang, letter.IssuedOn)
	}
	if meeting != nil && meeting.Date >= l.Letter.IssuedOn {
		words.Before, words.FromSchool = templates.Day(lang, meeting.Date), s.another(meeting.SchoolID)
		if stands != nil && stands.Date == meeting.Date {
			words.Before += " " + templates.AtTime(lang, int(meeting.Start))
		}
	}
	words.Corrected, words.Lapsed = c.Corrected(), c.Lapsed()
}

// referralNoticeTo is the date of the notice of a referral that a household was
// sent, else of any household's; zero where none is on record as gone out.
func referralNoticeTo(c *intervention.Case, household string) district.Date {
	var theirs, anybodys district.Date
	for i := range c.Letters {
		l := &c.Letters[i]
		if l.Kind != intervention.SARBNotice || !c.WentOut(l) {
			continue
		}
		anybodys = l.IssuedOn
		if l.Household == household {
			theirs = l.IssuedOn
		}
	}
	return cmp.Or(theirs, anybodys)
}

// interpreter is the offer of an interpreter in the family's own words where
// the typeface has them, with the English below for whoever answers the phone.
func interpreter(set *templates.Set, language, phone string) string {
	own, english := set.Interpreter(language, phone)
	switch {
	case own != "" && len(MissingGlyphs(own)) == 0:
		return own
	case len(MissingGlyphs(english)) == 0:
		return english
	}
	// A language's own name in a script the typeface lacks stands in brackets.
	plainWords, rest, _ := strings.Cut(english, " (")
	if _, tail, ok := strings.Cut(rest, ")"); ok {
		plainWords += tail
	}
	return plainWords
}

// recipient is whom a letter is for and where it goes: to a household's door, or
// with the student through the homeroom.
func recipient(f *StudentFile, l *LetterDue) (who, where []string) {
	fonts := typefaces()
	if !l.Copy {
		return fonts.recipient(l.Household, f.Student.Name())
	}
	if room := fonts.postal(cmp.Or(l.Homeroom, f.Enrollment.Homeroom)); room != "" {
		where = append(where, homeroomLine(room))
	}
	return []string{"TO THE FAMILY OF", fonts.postal(f.Student.Name())}, where
}

// places are words by which a homeroom's name says itself what it is.
var places = []string{"HOMEROOM", "ROOM", "RM", "ADVISORY", "ADVISOR", "CLASS", "CLASSROOM", "PORTABLE", "BUNGALOW", "BUILDING", "LAB", "GYM", "LIBRARY", "STUDIO", "CAFETERIA"}

// homeroomLine is a homeroom in an address; a bare number or teacher's name is
// told to be one.
func homeroomLine(name string) string {
	if slices.ContainsFunc(strings.Fields(name), func(word string) bool { return slices.Contains(places, word) }) {
		return name
	}
	return "HOMEROOM " + name
}

// opaqueLogo makes a logo a small JPEG on white, once for a batch; nil where
// there is none or it is no picture.
func opaqueLogo(b []byte) []byte {
	if len(b) == 0 {
		return nil
	}
	if c, _, err := image.DecodeConfig(bytes.NewReader(b)); err != nil || c.Width*c.Height > 16_000_000 {
		return nil
	}
	img, _, err := image.Decode(bytes.NewReader(b))
	if err != nil {
		return nil
	}
	side := max(img.Bounds().Dx(), img.Bounds().Dy())
	if side == 0 {
		return nil
	}
	square := image.NewRGBA(image.Rect(0, 0, side, side))
	draw.Draw(square, square.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	at := image.Pt((side-img.Bounds().Dx())/2, (side-img.Bounds().Dy())/2)
	draw.Draw(square, img.Bounds().Sub(img.Bounds().Min).Add(at), img, img.Bounds().Min, draw.Over)
	var out bytes.Buffer
	if err := jpeg.Encode(&out, square, &jpeg.Options{Quality: 88}); err != nil {
		return nil
	}
	return out.Bytes()
}

package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"rollcall/internal/config"
	"rollcall/pipeline"
	"rollcall/reports"
	"rollcall/templates"
)

// settings turns the configuration into what the pipeline is told.
func settings(c *config.Config) (pipeline.Settings, error) {
	office := reports.Office{
		Name: c.District.Name, Street: c.District.Street, City: c.District.City, State: c.District.State,
		Zip: c.District.Zip, Phone: c.District.Phone, Website: c.District.Website,
	}
	if c.District.Logo != "" {
		logo, err := os.ReadFile(c.District.Logo)
		if err != nil {
			return pipeline.Settings{}, usage(fmt.Errorf("district.logo: %w", err))
		}
		office.Logo = logo
	}
	link := c.Mail.Link
	if link == "" {
		link = c.Shelf.Where()
	}
	leftOut := make([]reports.Section, len(c.Privacy.LeaveOut))
	for i, name := range c.Privacy.LeaveOut {
		leftOut[i] = reports.Section(name)
	}
	supports := make([]reports.Support, len(c.Letters.Supports))
	for i, s := range c.Letters.Supports {
		supports[i] = reports.Support(s)
	}
	return pipeline.Settings{
		Office: office, TimeZone: c.District.TimeZone, Location: c.District.Location,
		Meetings: c.Meetings.Filled(), CorrectBy: c.Letters.CorrectBy, Batch: c.Letters.Batch, Supports: supports, InSpanish: c.Letters.InSpanish,
		Safety: pipeline.Safety{
			Manual:  c.Safety.Release == "manual",
			TooMany: c.Safety.MaxNewCases.Exceeded, TooManyBack: takenBack(c.Safety.MaxTakenBack), QuietDayMedian: c.Safety.QuietDayMedian, AbsentShare: c.Safety.AbsentShare,
		},
		Mail: pipeline.MailSettings{
			Off: c.Mail.Transport == "none", From: c.Mail.From, ReplyTo: c.Mail.ReplyTo, AllowedDomains: c.Mail.AllowedDomains,
			Attach: c.Mail.Attach, Passwords: c.Mail.Passwords, MaxSize: c.Mail.MaxSize, Link: link,
		},
		LeftOut: leftOut, SuppressSmall: c.Privacy.SuppressSmallCells, Codings: c.Source.Interventions, Version: version,
	}, nil
}

// fewCases are corrections that any night may bring, however small the school.
const fewCases = 5

// takenBack is the limit of cases lost in one night; a share of a handful of
// cases says nothing.
func takenBack(limit config.Limit) func(lost, open int) bool {
	return func(lost, open int) bool {
		return limit.Exceeded(lost, open) && (limit.Percent == 0 || lost > fewCases)
	}
}

// madeBy are digests of all that a night is made by, beside its export and its policy, each
// behind its name. Machines that share the jobs of a night are to have the same; where each
// of them keeps its files, and the secrets, are its own.
func madeBy(c *config.Config, s pipeline.Settings, words *templates.Set) (string, error) {
	district, letters, mail := c.District, c.Letters, c.Mail
	district.Logo, district.Location, letters.Templates = "", nil, ""
	mail.Folder, mail.Operations, mail.Passwords, mail.SMTP, mail.Link = "", nil, nil, config.SMTP{}, ""
	var parts []string
	for _, part := range []struct {
		name string // as the configuration or a person calls it
		what any
	}{
		{"version", version},
		{"letters.templates", words.Digest()},
		{"mail.link", s.Mail.Link}, // the shelf's place where it is not configured
		{"district.logo", s.Office.Logo},
		{"district", district},
		{"source.columns", c.Source.Mapping()},
		{"source.interventions", c.Source.Interventions},
		{"source.max_reject_ratio", c.Source.MaxRejectRatio},
		{"meetings", c.Meetings},
		{"letters", letters},
		{"mail", mail},
		{"mail.passwords", slices.Sorted(maps.Keys(c.Mail.Passwords))}, // whose mail is locked
		{"safety", c.Safety},
		{"privacy", c.Privacy},
	} {
		text, err := json.Marshal(part.what)
		if err != nil {
			return "", fmt.Errorf("settings: %s: %w", part.name, err)
		}
		parts = append(parts, fmt.Sprintf("%s=%x", part.name, sha256.Sum256(text)))
	}
	return strings.Join(parts, " "), nil
}

// unlike names what two machines would make differently.
func unlike(madeBy, other string) (names []string) {
	others := strings.Fields(other)
	for _, part := range strings.Fields(madeBy) {
		if !slices.Contains(others, part) {
			name, _, _ := strings.Cut(part, "=")
			names = append(names, name)
		}
	}
	return names
}

package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"

	"rollcall/internal/bundle"
	"rollcall/internal/config"
	"rollcall/internal/intervention"
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

// madeBy is a digest of all that a night is made by, beside its export and its policy.
// Machines that share the jobs of a night are to have the same; where each of them keeps
// its files, and the secrets, are its own.
func madeBy(c *config.Config, s pipeline.Settings, words *templates.Set) (string, error) {
	what := struct {
		Version, Words, Link string
		Logo                 []byte
		District             config.District
		Columns              bundle.Mapping
		Interventions        intervention.Codings
		MaxRejectRatio       float64
		Meetings             intervention.MeetingRules
		Letters              config.Letters
		Mail                 config.Mail
		Locked               []string
		Safety               config.Safety
		Privacy              config.Privacy
	}{
		version, words.Digest(), s.Mail.Link, s.Office.Logo, c.District, c.Source.Mapping(), c.Source.Interventions, c.Source.MaxRejectRatio,
		c.Meetings, c.Letters, c.Mail, slices.Sorted(maps.Keys(c.Mail.Passwords)), c.Safety, c.Privacy,
	}
	what.District.Logo, what.District.Location, what.Letters.Templates = "", nil, ""
	what.Mail.Folder, what.Mail.Operations, what.Mail.Passwords, what.Mail.SMTP = "", nil, nil, config.SMTP{}
	text, err := json.Marshal(what)
	if err != nil {
		return "", fmt.Errorf("settings: %w", err)
	}
	return fmt.Sprintf("%x", sha256.Sum256(text)), nil
}

package intervention

// Somebody is who did what nobody put a name to.
const Somebody = "somebody"

// unsigned is how ledgers have it from before.
const unsigned = "by hand"

// Named is who recorded something, in words that read well after "by" and alone.
func Named(actor string) string {
	if actor == unsigned {
		return Somebody
	}
	return actor
}

// Who is the person who recorded the event; empty for what the night did.
func (e Event) Who() string {
	if e.Actor == NightActor {
		return ""
	}
	return Named(e.Actor)
}

package mail

// Outcome is what became of a message for one recipient.
type Outcome string

const (
	// Sent: the server took it, or the file is written.
	Sent Outcome = "sent"
	// Temporary: not taken now (a 4xx answer, no connection). Try again later.
	Temporary Outcome = "temporary"
	// Permanent: refused for good (a 5xx answer, no address). A person must look.
	Permanent Outcome = "permanent"
	// Unknown: the connection was lost between the contents and the server's
	// answer; the mail may or may not have arrived. A repeat carries the same
	// Message-ID, so the worst of it is a second copy.
	Unknown Outcome = "unknown"
)

// Retry tells whether another attempt makes sense.
func (o Outcome) Retry() bool { return o == Temporary || o == Unknown }

// Delivery is one recipient's outcome.
type Delivery struct {
	To      string // the bare address, or what To said where that is no address
	Outcome Outcome
	Code    int    // the server's code; 0 where no server spoke
	Words   string // the server's own words on one line, or the file's place
}

// Receipt is what became of one message, a line for each recipient: the served
// ones in the order of To, then the addresses that are none.
type Receipt struct {
	Deliveries []Delivery
}

// All gives every address the same outcome.
func All(addresses []string, outcome Outcome, code int, words string) []Delivery {
	out := make([]Delivery, len(addresses))
	for i, to := range addresses {
		out[i] = Delivery{To: to, Outcome: outcome, Code: code, Words: words}
	}
	return out
}

// With lists the deliveries of one outcome, in order.
func (r Receipt) With(outcome Outcome) []Delivery {
	var out []Delivery
	for _, d := range r.Deliveries {
		if d.Outcome == outcome {
			out = append(out, d)
		}
	}
	return out
}

// Open lists the addresses that another attempt has to serve: the value of
// Message.Only for the retry. Empty = nobody is left.
func (r Receipt) Open() []string {
	var out []string
	for _, d := range r.Deliveries {
		if d.Outcome.Retry() {
			out = append(out, d.To)
		}
	}
	return out
}

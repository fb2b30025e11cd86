// Package night holds the values a night is remembered by: the Run and its
// schools, the Jobs that are still to be worked, the Documents on the shelf and
// the Deliveries of mail. The pipeline decides them, the ledger stores them,
// the queue carries them; none of the three needs the others' packages for it.
package night

// Checks what it is given with Go's own packages, golang.org/x/mod/sumdb, which share no line with this repository:
// an object of lists on standard input, the reason or "" for each of their items on standard output.
package main

import (
	"encoding/json"
	"errors"
	"os"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type work struct {
	Open []struct{ Note, Key, Text string }
	Sign []struct{ Text, Secret, Note string }

	Inclusion []struct {
		Leaf        []byte
		Index, Size int64
		Root        tlog.Hash
		Proof       []tlog.Hash
	}

	Consistency []struct {
		From, To         int64
		FromRoot, ToRoot tlog.Hash
		Proof            []tlog.Hash
	}
}

func open(signed, key, text string) error {
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return err
	}
	opened, err := note.Open([]byte(signed), note.VerifierList(verifier))
	if err == nil && opened.Text != text {
		err = errors.New("another text")
	}
	return err
}

func sign(text, secret, signed string) error {
	signer, err := note.NewSigner(secret)
	if err != nil {
		return err
	}
	own, err := note.Sign(&note.Note{Text: text}, signer)
	if err == nil && string(own) != signed {
		err = errors.New("another note")
	}
	return err
}

func main() {
	var given work
	if err := json.NewDecoder(os.Stdin).Decode(&given); err != nil {
		panic(err)
	}
	said := []string{}
	say := func(err error) {
		if err == nil {
			said = append(said, "")
		} else {
			said = append(said, err.Error())
		}
	}
	for _, g := range given.Open {
		say(open(g.Note, g.Key, g.Text))
	}
	for _, g := range given.Sign {
		say(sign(g.Text, g.Secret, g.Note))
	}
	for _, g := range given.Inclusion {
		say(tlog.CheckRecord(g.Proof, g.Size, g.Root, g.Index, tlog.RecordHash(g.Leaf)))
	}
	for _, g := range given.Consistency {
		say(tlog.CheckTree(g.Proof, g.To, g.ToRoot, g.From, g.FromRoot))
	}
	if err := json.NewEncoder(os.Stdout).Encode(said); err != nil {
		panic(err)
	}
}

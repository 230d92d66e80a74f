import type { DirectoryPerson, PersonMove } from "../../model/api.gen.ts";

export function stateOf(person: DirectoryPerson): string {
  if (person.merged_into) return `Is number ${person.merged_into}`;
  if (person.station) return "Station";
  if (person.ended_at) return "Left";
  return person.confirmed ? "Confirmed" : "Not confirmed";
}

/** What a move did, seen from one of its people. */
export function moveWords(move: PersonMove): string {
  switch (move.kind) {
    case "confirm":
      return "Confirmed";
    case "assign":
      return `An account of number ${move.from_person} was given to number ${move.to_person}`;
    case "merge":
      return `Number ${move.from_person} was merged into number ${move.to_person}`;
    case "split":
      return `Accounts of number ${move.from_person} became number ${move.to_person}`;
  }
}

/** A number from 1, or 0: it is none. */
export function numberOf(text: string): number {
  return /^[1-9][0-9]{0,9}$/.test(text.trim()) ? Number(text.trim()) : 0;
}

import type { User } from "../../model/api.gen.ts";

export type Role = User["role"];

const ROLES: Record<Role, { name: string; may: string }> = {
  viewer: { name: "Viewer", may: "people's days" },
  power_user: { name: "Power User", may: "also devices and what was removed" },
  configurator: { name: "Configurator", may: "devices, policy and settings, no people" },
  admin: { name: "Admin", may: "everything" },
};

export const ROLE_WORDS = Object.keys(ROLES) as Role[];

export function roleName(role: Role): string {
  return ROLES[role].name;
}

/** "Viewer: people's days" */
export function roleText(role: Role): string {
  return `${ROLES[role].name}: ${ROLES[role].may}`;
}

export function roleOf(word: string): Role {
  return ROLE_WORDS.find((role) => role === word) ?? "viewer";
}

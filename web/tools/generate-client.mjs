/*
 * Makes src/model/api.gen.ts from the server's OpenAPI document: a schema that validates each answer where it enters, the type that is inferred
 * from it, and a function for each operation. Types and checks cannot drift from the server.
 *
 * Knows the part of JSON Schema that the document uses, and stops at anything else.
 */

import { readFileSync, writeFileSync } from "node:fs";

const document = JSON.parse(readFileSync(new URL("../../server/serve/api/openapi.json", import.meta.url), "utf8"));
const schemas = document.components.schemas;
const refName = (ref) => ref.split("/").at(-1);

function schemaCode(schema) {
  if (schema.$ref) return `${refName(schema.$ref)}Schema`;
  if (schema.oneOf) {
    const rest = schema.oneOf.filter((one) => one.type !== "null");
    if (rest.length === 1 && schema.oneOf.length === 2) return `v.nullable(${schemaCode(rest[0])})`;
  }
  if (schema.enum) return `v.picklist(${JSON.stringify(schema.enum)})`;
  switch (schema.type) {
    case "string":
      return "v.string()";
    case "integer":
      return "v.pipe(v.number(), v.integer())";
    case "boolean":
      return "v.boolean()";
    case "array":
      return `v.array(${schemaCode(schema.items)})`;
    case "object": {
      const required = new Set(schema.required ?? []);
      const members = Object.entries(schema.properties ?? {}).map(([name, member]) => {
        const code = schemaCode(member);
        return `${JSON.stringify(name)}: ${required.has(name) ? code : `v.optional(${code})`}`;
      });
      return `v.object({ ${members.join(", ")} })`;
    }
  }
  throw new Error(`no code for schema ${JSON.stringify(schema)}`);
}

function references(schema, found = new Set()) {
  if (Array.isArray(schema)) for (const one of schema) references(one, found);
  else if (schema && typeof schema === "object") {
    if (schema.$ref) found.add(refName(schema.$ref));
    for (const value of Object.values(schema)) references(value, found);
  }
  return found;
}

/* What a schema refers to comes before it. */
function ordered() {
  const done = [];
  const visit = (name) => {
    if (done.includes(name)) return;
    for (const used of references(schemas[name])) visit(used);
    done.push(name);
  };
  for (const name of Object.keys(schemas)) visit(name);
  return done;
}

function parameterType(schema) {
  return schema.type === "integer" ? "number" : schema.type === "boolean" ? "boolean" : "string";
}

function operationCode(path, method, operation) {
  const parameters = operation.parameters ?? [];
  const inPath = parameters.filter((one) => one.in === "path");
  const inQuery = parameters.filter((one) => one.in === "query");
  const body = operation.requestBody?.content?.["application/json"]?.schema;
  const [status, answer] = Object.entries(operation.responses)[0];
  const answerSchema = answer.content?.["application/json"]?.schema;
  const members = [
    ...inPath.map((one) => `${one.name}: ${parameterType(one.schema)}`),
    ...inQuery.map((one) => `${one.name}?: ${parameterType(one.schema)} | undefined`),
    ...(body ? [`body: ${refName(body.$ref)}`] : []),
    ...(method === "put" ? ["ifMatch?: string | undefined"] : []),
  ];
  const url = `\`${path.replace(/\{(\w+)\}/g, (_, name) => `\${encodeURIComponent(String(p.${name}))}`)}\``;
  const query = inQuery.length ? `{ ${inQuery.map((one) => `${one.name}: p.${one.name}`).join(", ")} }` : "undefined";
  const schema = answerSchema ? schemaCode(answerSchema) : status === "204" ? "v.undefined()" : "v.string()";
  const argument = members.length ? `p: { ${members.join("; ")} }` : "_p: Record<never, never> = {}";
  const options = [`query: ${query}`, body ? "body: p.body" : "", method === "put" ? "ifMatch: p.ifMatch" : ""];
  return [
    `/** ${operation.summary}. */`,
    `export const ${operation.operationId} = (${argument}, signal?: AbortSignal) =>`,
    `  request("${method.toUpperCase()}", ${url}, ${schema}, { ${options.filter(Boolean).join(", ")}, signal });`,
    "",
  ].join("\n");
}

const lines = [
  "/* Made by tools/generate-client.mjs from server/serve/api/openapi.json. Do not edit. */",
  "",
  'import * as v from "valibot";',
  "",
  'import { request } from "./request.ts";',
  "",
];
for (const name of ordered()) {
  lines.push(`export const ${name}Schema = ${schemaCode(schemas[name])};`);
  lines.push(`export type ${name} = v.InferOutput<typeof ${name}Schema>;`, "");
}
for (const [path, methods] of Object.entries(document.paths)) {
  for (const [method, operation] of Object.entries(methods)) {
    const content = Object.keys(Object.values(operation.responses)[0].content ?? {})[0];
    if (operation["x-listener"] !== "people" || operation["x-permission"] === "tag") continue;
    if (content && content !== "application/json") continue;
    lines.push(operationCode(path, method, operation));
  }
}
writeFileSync(new URL("../src/model/api.gen.ts", import.meta.url), lines.join("\n"));

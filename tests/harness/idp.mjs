/*
 * A small SAML identity provider for tests, written apart from lib/saml: XML by hand in canonical form, signatures by Node's crypto
 *
 * What differs from a good answer is said by the test: answer({ name: "x", ... }).
 */

import { execFileSync } from "node:child_process";
import { createHash, randomBytes, sign as signBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { inflateRawSync } from "node:zlib";

const DSIG = "http://www.w3.org/2000/09/xmldsig#";
const C14N = "http://www.w3.org/2001/10/xml-exc-c14n#";
const iso = (ms) => new Date(ms).toISOString();
const escape = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

export class Idp {
  constructor(directory, name = "idp") {
    this.entity = `https://${name}.example.org/metadata`;
    this.url = `https://${name}.example.org/sso?tenant=1`;
    const [key, cert] = [join(directory, `${name}.key`), join(directory, `${name}.crt`)];
    execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-days", "30", "-subj", `/CN=${name}`], { stdio: "ignore" });
    this.key = readFileSync(key, "utf8");
    this.certificate = readFileSync(cert, "utf8").replaceAll(/-----[^-]*-----|\s/g, "");
  }

  metadata({ certificates = [this.certificate], url = this.url } = {}) {
    const keys = certificates.map((one) => `<md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${one}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`);
    return `<?xml version="1.0" encoding="UTF-8"?>
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="${DSIG}" entityID="${this.entity}">
  <md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">${keys.join("")}
    <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${url.replaceAll("&", "&amp;")}"/>
  </md:IDPSSODescriptor>
</md:EntityDescriptor>`;
  }

  /** What a browser brought: the request, and whether its signature is by the certificate of the service provider's metadata. */
  static read(location) {
    const query = location.slice(location.indexOf("SAMLRequest="));
    const xml = inflateRawSync(Buffer.from(new URLSearchParams(query).get("SAMLRequest"), "base64")).toString();
    const of = (name) => new RegExp(`${name}="([^"]*)"`).exec(xml)?.[1];
    return {
      xml,
      id: of(" ID"),
      acs: of("AssertionConsumerServiceURL"),
      audience: /Issuer>([^<]*)</.exec(xml)[1],
      signed: query.slice(0, query.indexOf("&Signature=")),
      signature: Buffer.from(new URLSearchParams(query).get("Signature"), "base64"),
    };
  }

  /** A form's body for the reply address. */
  answer(request, { name = "alice@example.org", groups = ["nurses"], id = `_${randomBytes(16).toString("hex")}`, change = (text) => text, key = this.key, audience = request.audience, recipient = request.acs, reply = request.id, issuer = this.entity, at = Date.now() } = {}) {
    const values = groups.map((group) => `<saml:AttributeValue>${escape(group)}</saml:AttributeValue>`).join("");
    const head = `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${id}" IssueInstant="${iso(at)}" Version="2.0"><saml:Issuer>${issuer}</saml:Issuer>`;
    const rest =
      `<saml:Subject><saml:NameID>${escape(name)}</saml:NameID><saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">` +
      `<saml:SubjectConfirmationData InResponseTo="${reply}" NotOnOrAfter="${iso(at + 300_000)}" Recipient="${recipient}"></saml:SubjectConfirmationData></saml:SubjectConfirmation></saml:Subject>` +
      `<saml:Conditions NotBefore="${iso(at - 30_000)}" NotOnOrAfter="${iso(at + 300_000)}"><saml:AudienceRestriction><saml:Audience>${audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions>` +
      `<saml:AuthnStatement AuthnInstant="${iso(at)}" SessionIndex="_s"><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>` +
      `<saml:AttributeStatement><saml:Attribute Name="groups">${values}</saml:Attribute></saml:AttributeStatement></saml:Assertion>`;
    const digest = createHash("sha256").update(head + rest).digest("base64");
    const info = (outer) =>
      `<ds:SignedInfo${outer}><ds:CanonicalizationMethod Algorithm="${C14N}"></ds:CanonicalizationMethod><ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"></ds:SignatureMethod>` +
      `<ds:Reference URI="#${id}"><ds:Transforms><ds:Transform Algorithm="${DSIG}enveloped-signature"></ds:Transform><ds:Transform Algorithm="${C14N}"></ds:Transform></ds:Transforms>` +
      `<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></ds:DigestMethod><ds:DigestValue>${digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>`;
    const value = signBytes("sha256", Buffer.from(info(` xmlns:ds="${DSIG}"`)), key).toString("base64");
    const signature = `<ds:Signature xmlns:ds="${DSIG}">${info("")}<ds:SignatureValue>${value}</ds:SignatureValue></ds:Signature>`;
    const xml =
      `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_${randomBytes(8).toString("hex")}" Version="2.0" IssueInstant="${iso(at)}" Destination="${request.acs}" InResponseTo="${reply}">` +
      `<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>${head}${signature}${rest}</samlp:Response>`;
    return new URLSearchParams({ SAMLResponse: Buffer.from(change(xml)).toString("base64"), RelayState: "https://evil.example.org/" }).toString();
  }
}

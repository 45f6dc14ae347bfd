import { FormData, fetch } from "undici";
import { expect } from "vitest";
import type { TestInstance } from "./instance.ts";
import { openSession, type Session } from "./sign-in.ts";
import { application } from "./source.ts";

/** A form with a file, as the application takes it from somebody who is signed in. */
export interface UploadForm {
  path: string;
  body: FormData;
  /** What it is answered with; BiomAid answers so when it refuses the form, too. */
  status: number;
}

/** The sample has a page for documents; in BiomAid each comes with a purchase request, which this form makes. */
export function uploadForm({ token }: Session, name: string, content: Blob): UploadForm {
  const body = new FormData();
  body.set("csrfmiddlewaretoken", token);
  if (application.isSample) {
    body.set("file", content, name);
    return { path: "/x/dem/documents/", body, status: 302 };
  }
  for (const [field, value] of Object.entries(REQUEST)) body.set(`request_table-${field}`, value);
  for (const [field, value] of Object.entries(ONE_DOCUMENT)) body.set(`${DOCUMENTS}-${field}`, value);
  body.set(`${DOCUMENTS}-0-document_file`, content, name);
  for (const [field, value] of Object.entries(RECORD)) body.set(field, value);
  return { path: "/geqip-chuap/dem/request/create/", body, status: 200 };
}

/** Keys of BiomAid's fixtures: the campaign that never ends, its discipline, the user and that user's department. */
const REQUEST = {
  calendrier: "3",
  discipline_dmd: "1",
  redacteur: "5",
  uf: "3",
  nature: "EQ",
  cause: "AQ",
  priorite: "3",
  referent: "test",
  libelle: "test",
  nom_projet: "test",
  quantite: "1",
  autre_argumentaire: "",
};
/** Prefix of Django's formset for what is attached to a request. */
const DOCUMENTS = "document-genericdocument-content_type-object_id";
const ONE_DOCUMENT = { TOTAL_FORMS: "1", INITIAL_FORMS: "0", "0-user": "5", "0-document_type": "DI" };
const RECORD = {
  form_action: "record",
  "record-message": "",
  "record-redirect": "",
  "record-redirect_params": "{}",
  "record-redirect_url_params": "",
};

/**
 * Puts a file among the instance's uploads, as somebody who may.
 *
 * @returns the file's path at the web server
 */
export async function upload(instance: TestInstance, name: string, content: Blob): Promise<string> {
  const session = await openSession(instance.port, application.user);
  const { path, body, status } = uploadForm(session, name, content);
  const headers = { cookie: session.cookie };
  const answer = await fetch(instance.url + path, { method: "POST", body, headers, redirect: "manual" });
  expect(answer.status).toBe(status);
  return `/media/${encodeURIComponent(name)}`;
}

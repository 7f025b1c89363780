/** How the page answers `idyou`: as a guest by a name, with an account by what proves it. */
import type { Credentials } from "./credentials.ts";
import type { Answer, Ask } from "./requests.ts";

export type Introduction = {
  readonly send: (command: string, data: unknown) => void;
  readonly ask: Ask;
  /** With what one comes back when the connection is lost; undefined if with nothing. */
  readonly entered: (credentials: Credentials | undefined) => void;
  readonly refused: (error: Extract<Answer, { command: "error" }>) => void;
};

export function introduce(credentials: Credentials, introduction: Introduction): void {
  const { ask, entered, refused, send } = introduction;
  const { name } = credentials;
  if (credentials.as === "guest") {
    const { token } = credentials;
    send("idme", token === "" ? name : { id: name, token });
    return entered(credentials);
  }
  const { proof } = credentials;
  if (proof.by === "token") {
    return ask("idme", { id: name, token: proof.token }, (answer) => {
      if (answer.command === "error") refused(answer);
      else entered(credentials);
    });
  }
  const { isNew, password } = proof;
  const logIn = (): void =>
    ask("login", { id: name, password }, (answer) => {
      if (answer.command === "error") return refused(answer);
      const { token } = answer;
      const next = { as: "member", name, proof: { by: "token", token: token ?? "" } } as const;
      entered(token === undefined ? undefined : next);
    });
  if (!isNew) return logIn();
  ask("signup", { id: name, password }, (answer) => {
    if (answer.command === "error") refused(answer);
    else logIn();
  });
}

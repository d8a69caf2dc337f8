/* Passkeys: asks the browser for what the page needs, and sends it. The options stand in the form's data-passkey. */
"use strict";
(() => {
  const bytes = text => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), one => one.charCodeAt(0));
  const text = buffer => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const known = list => (list || []).map(one => ({ ...one, id: bytes(one.id) }));

  async function shown(options) {
    const key = { ...options, challenge: bytes(options.challenge) };
    if (options.user) {
      key.user = { ...options.user, id: bytes(options.user.id) };
      key.excludeCredentials = known(options.excludeCredentials);
      return navigator.credentials.create({ publicKey: key });
    }
    key.allowCredentials = known(options.allowCredentials);
    return navigator.credentials.get({ publicKey: key });
  }

  function sent(credential) {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (credential.response[name]) response[name] = text(credential.response[name]);
    }
    return JSON.stringify({
      id: credential.id, rawId: text(credential.rawId), type: credential.type, response,
      authenticatorAttachment: credential.authenticatorAttachment,
      clientExtensionResults: credential.getClientExtensionResults(),
    });
  }

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const button = form.querySelector("button"), failed = form.querySelector("[role=alert]");
    if (!window.PublicKeyCredential) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      failed.hidden = true;
      try {
        const credential = await shown(JSON.parse(form.dataset.passkey).publicKey);
        form.querySelector("[name$=passkey]").value = sent(credential);
        form.submit();
      } catch {
        failed.textContent = form.dataset.failed;
        failed.hidden = false;
      }
    });
  }
})();

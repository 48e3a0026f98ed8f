//! A provider of OpenID Connect, which can also misbehave.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, SystemTime};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
};
use aws_lc_rs::{digest, hmac, rsa};
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use url::Url;

/// What the provider knows the dashboard as.
pub const CLIENT: &str = "promote";

/// The secret that it shares with the dashboard.
pub const SECRET: &str = "client-secret-0123456789";

/// A provider on this machine. Its thread ends with the test's process.
pub struct Provider {
    pub url: String,
    state: Arc<Mutex<State>>,
}

/// What it does, which a test may change.
pub struct State {
    url: String,
    /// The keys that it shows.
    pub keys: Vec<Arc<Key>>,
    /// The key that it signs with.
    pub key: Arc<Key>,
    /// What its tokens have beside the usual claims, or instead of them; `null` takes a claim away.
    pub claims: Value,
    /// How its tokens are signed.
    pub signing: Signing,
    /// What it answers instead, at these paths.
    pub answers: BTreeMap<&'static str, String>,
    /// How long it takes to answer.
    pub delay: Duration,
    codes: BTreeMap<String, Code>,
    /// The paths that it was asked for.
    pub asked: Vec<String>,
    /// The codes and tokens that it has given, which nobody else may see.
    pub secrets: Vec<String>,
}

/// How tokens are signed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Signing {
    Right,
    /// `alg: none`.
    Not,
    /// With the public key as a secret, or with the client secret.
    Hmac(&'static str),
    /// With the right key, and then something is changed.
    Changed,
}

struct Code {
    nonce: String,
    challenge: String,
    redirect: String,
}

/// A key with its name.
pub struct Key {
    pub name: String,
    kind: KeyKind,
}

enum KeyKind {
    Rsa(Box<RsaKeyPair>),
    Ec(EcdsaKeyPair),
}

fn encoded(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

impl Key {
    pub fn rsa(name: &str) -> Arc<Self> {
        let kind = KeyKind::Rsa(Box::new(
            RsaKeyPair::generate(rsa::KeySize::Rsa2048).unwrap(),
        ));
        let name = name.to_owned();
        Arc::new(Self { name, kind })
    }

    pub fn ec(name: &str) -> Arc<Self> {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let name = name.to_owned();
        Arc::new(Self {
            name,
            kind: KeyKind::Ec(pair),
        })
    }

    fn algorithm(&self) -> &'static str {
        match self.kind {
            KeyKind::Rsa(_) => "RS256",
            KeyKind::Ec(_) => "ES256",
        }
    }

    fn public(&self) -> &[u8] {
        match &self.kind {
            KeyKind::Rsa(pair) => pair.public_key().as_ref(),
            KeyKind::Ec(pair) => pair.public_key().as_ref(),
        }
    }

    fn document(&self) -> Value {
        let public = self.public();
        match self.kind {
            // The DER of 2,048 bits has the numbers at these places.
            KeyKind::Rsa(_) => json!({
                "kid": self.name, "use": "sig", "kty": "RSA",
                "n": encoded(&public[9..265]), "e": encoded(&public[267..]),
            }),
            KeyKind::Ec(_) => json!({
                "kid": self.name, "use": "sig", "kty": "EC", "crv": "P-256",
                "x": encoded(&public[1..33]), "y": encoded(&public[33..]),
            }),
        }
    }

    fn sign(&self, text: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match &self.kind {
            KeyKind::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, text, &mut signature)
                    .unwrap();
                signature
            }
            KeyKind::Ec(pair) => pair.sign(&random, text).unwrap().as_ref().to_vec(),
        }
    }
}

impl Provider {
    pub fn start() -> Self {
        Self::at(&TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap())
    }

    /// One that has this address.
    pub fn at(listener: &TcpListener) -> Self {
        let url = format!("http://{}", listener.local_addr().unwrap());
        let key = Key::rsa("first");
        let state = Arc::new(Mutex::new(State {
            url: url.clone(),
            keys: vec![Arc::clone(&key)],
            key,
            claims: json!({}),
            signing: Signing::Right,
            answers: BTreeMap::new(),
            delay: Duration::ZERO,
            codes: BTreeMap::new(),
            asked: Vec::new(),
            secrets: Vec::new(),
        }));
        let listener = listener.try_clone().unwrap();
        let served = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = Arc::clone(&served);
                thread::spawn(move || serve(stream, &state));
            }
        });
        Self { url, state }
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Signs a person in as a browser would that was led to this address; where it is sent back to.
    pub fn authorize(&self, address: &str) -> Url {
        let address = Url::parse(address).unwrap();
        assert!(
            address
                .as_str()
                .starts_with(&format!("{}/authorize?", self.url))
        );
        let fields: BTreeMap<String, String> = address.query_pairs().into_owned().collect();
        assert_eq!(fields["response_type"], "code");
        assert_eq!(fields["client_id"], CLIENT);
        assert_eq!(fields["code_challenge_method"], "S256");
        assert!(
            fields["scope"].starts_with("openid email profile"),
            "{fields:?}"
        );
        assert!(fields["state"].len() >= 16 && fields["nonce"].len() >= 16);
        let mut state = self.state();
        let code = format!("code-{}-{}", state.codes.len(), encoded(&random()));
        state.secrets.push(code.clone());
        let redirect = fields["redirect_uri"].clone();
        state.codes.insert(
            code.clone(),
            Code {
                nonce: fields["nonce"].clone(),
                challenge: fields["code_challenge"].clone(),
                redirect: redirect.clone(),
            },
        );
        let mut back = Url::parse(&redirect).unwrap();
        back.query_pairs_mut()
            .append_pair("code", &code)
            .append_pair("state", &fields["state"])
            .append_pair("iss", &self.url);
        back
    }

    /// A token as a program gets one.
    pub fn token(&self) -> String {
        let mut state = self.state();
        let token = state.token("none");
        state.secrets.push(token.clone());
        token
    }

    /// How often a path was asked for.
    pub fn count(&self, path: &str) -> usize {
        self.state()
            .asked
            .iter()
            .filter(|asked| *asked == path)
            .count()
    }
}

fn random() -> [u8; 12] {
    let mut bytes = [0; 12];
    aws_lc_rs::rand::fill(&mut bytes).unwrap();
    bytes
}

impl State {
    fn token(&self, nonce: &str) -> String {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let now = now.unwrap().as_secs();
        let mut claims = json!({
            "iss": self.url, "aud": CLIENT, "exp": now + 300, "iat": now, "nonce": nonce,
            "sub": "f3a1", "preferred_username": "ada", "name": "Ada Lovelace",
            "email": "ada@example.com", "email_verified": true,
        });
        let all = claims.as_object_mut().unwrap();
        for (name, value) in self.claims.as_object().unwrap() {
            if value.is_null() {
                all.remove(name);
            } else {
                all.insert(name.clone(), value.clone());
            }
        }
        let algorithm = match self.signing {
            Signing::Right | Signing::Changed => self.key.algorithm(),
            Signing::Not => "none",
            Signing::Hmac(_) => "HS256",
        };
        let header = json!({"typ": "JWT", "alg": algorithm, "kid": self.key.name});
        let text = |value: &Value| encoded(value.to_string().as_bytes());
        let signed = format!("{}.{}", text(&header), text(&claims));
        let hmac = |secret: &[u8]| {
            let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
            hmac::sign(&key, signed.as_bytes()).as_ref().to_vec()
        };
        let signature = match self.signing {
            Signing::Right | Signing::Changed => self.key.sign(signed.as_bytes()),
            Signing::Not => Vec::new(),
            Signing::Hmac("public key") => hmac(self.key.public()),
            Signing::Hmac(secret) => hmac(secret.as_bytes()),
        };
        if self.signing == Signing::Changed {
            claims["groups"] = json!(["release"]);
            let signed = format!("{}.{}", text(&header), text(&claims));
            return format!("{signed}.{}", encoded(&signature));
        }
        format!("{signed}.{}", encoded(&signature))
    }

    fn answer(&mut self, path: &str, head: &str, body: &str) -> String {
        self.asked.push(path.to_owned());
        if let Some(answer) = self.answers.get(path) {
            return answer.clone();
        }
        let url = &self.url;
        match path {
            "/.well-known/openid-configuration" => json(
                200,
                &json!({
                    "issuer": url,
                    "authorization_endpoint": format!("{url}/authorize"),
                    "token_endpoint": format!("{url}/token"),
                    "jwks_uri": format!("{url}/keys"),
                    "response_types_supported": ["code"],
                    "subject_types_supported": ["public"],
                    // What it says is no reason to take a token of this kind.
                    "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
                }),
            ),
            "/keys" => {
                let keys: Vec<Value> = self.keys.iter().map(|key| key.document()).collect();
                json(200, &json!({"keys": keys}))
            }
            "/token" => self.trade(head, body),
            _ => json(404, &json!({})),
        }
    }

    fn trade(&mut self, head: &str, body: &str) -> String {
        let refused = |why: &str| {
            json(
                400,
                &json!({"error": "invalid_grant", "error_description": why}),
            )
        };
        let login = BASE64_STANDARD.encode(format!("{CLIENT}:{SECRET}"));
        if !head
            .to_lowercase()
            .contains(&format!("authorization: basic {}", login.to_lowercase()))
        {
            return refused("who are you?");
        }
        let fields: BTreeMap<String, String> = url::form_urlencoded::parse(body.as_bytes())
            .into_owned()
            .collect();
        let name = &fields["code"];
        let Some(code) = self.codes.remove(name) else {
            return refused(&format!("there is no code {name}"));
        };
        let verifier = &fields["code_verifier"];
        self.secrets.push(verifier.clone());
        let challenge = digest::digest(&digest::SHA256, verifier.as_bytes());
        if encoded(challenge.as_ref()) != code.challenge || fields["redirect_uri"] != code.redirect
        {
            return refused("the verifier or the address is another one");
        }
        let token = self.token(&code.nonce);
        self.secrets.push(token.clone());
        let access = encoded(&random());
        self.secrets.push(access.clone());
        json(
            200,
            &json!({"access_token": access, "token_type": "Bearer", "expires_in": 300, "id_token": token}),
        )
    }
}

/// An answer with a document.
pub fn json(status: u16, document: &Value) -> String {
    let body = document.to_string();
    let length = body.len();
    format!(
        "HTTP/1.1 {status} -\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\
         Connection: close\r\n\r\n{body}"
    )
}

fn serve(mut stream: TcpStream, state: &Mutex<State>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut head = String::new();
    let mut length = 0;
    while reader.read_line(&mut head).is_ok_and(|bytes| bytes > 2) {
        let line = head.lines().last().unwrap().to_lowercase();
        if let Some(value) = line.strip_prefix("content-length: ") {
            length = value.parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    if reader.read_exact(&mut body).is_err() {
        return;
    }
    let Some(path) = head.split(' ').nth(1) else {
        return;
    };
    let delay = state.lock().unwrap().delay;
    thread::sleep(delay);
    let body = String::from_utf8(body).unwrap();
    let answer = state.lock().unwrap().answer(path, &head, &body);
    // Who asked may not wait for all of it.
    let _ = stream.write_all(answer.as_bytes());
}

using System.Text;
using NixSharp.GitOps.Secrets;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.GitOps;

public sealed class SopsFileTests
{
    private const string Value = "ENC[AES256_GCM,data:CwE4O1s=,iv:2k2HCSPeHU6RqXBFUmQZkk2N8EBeBLlRJNFzRg1TzRM=,tag:AoMq1Gzz==,type:str]";

    private const string Yaml =
        $"""
        db:
            password: {Value}
            port: {Value}
            empty: ""
            nothing: null
            hosts:
                - {Value}
                - {Value}
        note_unencrypted: plain on purpose
        sops:
            age:
                - recipient: age1weydjjefmn2k6r2c6qrz4tz3l4tmela49kxp8u4menjtludy2u7qq5yvn9
                  enc: |
                    -----BEGIN AGE ENCRYPTED FILE-----
                    YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0
                    -----END AGE ENCRYPTED FILE-----
            lastmodified: "2026-11-02T12:00:00Z"
            mac: {Value}
            unencrypted_suffix: _unencrypted
            version: 3.9.1

        """;

    private const string Json =
        $$"""
        {
        	"a": [ "{{Value}}", null, "" ],
        	"b": "{{Value}}",
        	"sops": { "mac": "{{Value}}", "version": "3.9.1", "age": [ { "recipient": "x", "enc": "y" } ] }
        }
        """;

    private const string Env = $"# a comment\nTOKEN={Value}\nEMPTY=\nsops_version=3.9.1\nsops_mac={Value}\nsops_age__list_0__map_recipient=age1x\n";

    private const string Ini = $"[db]\npassword = {Value}\n; comment\n\n[sops]\nversion = 3.9.1\nmac = {Value}\n";

    private const string Binary = $$"""{ "data": "{{Value}}", "sops": { "mac": "{{Value}}", "version": "3.9.1" } }""";

    [Theory]
    [InlineData("a.yaml", Yaml)]
    [InlineData("a.YML", Yaml)]
    [InlineData("a.json", Json)]
    [InlineData("a.env", Env)]
    [InlineData("a.ini", Ini)]
    [InlineData("a.tar", Binary)]
    [InlineData("a", Binary)]
    public void Encrypted_files_of_each_form_are_recognised(string path, string contents) => Assert.Empty(Find(path, contents));

    [Theory]
    [InlineData("a.yaml", "db:\n  password: hunter2\n")]
    [InlineData("a.yaml", "sops:\n  mac: hunter2\n")]
    [InlineData("a.yaml", "")]
    [InlineData("a.yaml", "a: [hunter2")]
    [InlineData("a.json", "{ \"a\": \"hunter2\" }")]
    [InlineData("a.json", "hunter2")]
    [InlineData("a.env", "TOKEN=hunter2\n")]
    [InlineData("a.ini", "[db]\npassword = hunter2\n")]
    [InlineData("a.pem", "hunter2")]
    [InlineData("a.key", "\u0001\u0002hunter2")]
    [InlineData("a.json", Env)]
    [InlineData("a.env", Json)]
    public void Plain_files_are_told_without_what_is_in_them(string path, string contents)
    {
        var problem = Assert.Single(Find(path, contents));
        Assert.Null(problem.Line);
        Assert.Contains("not encrypted", problem.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", problem.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.yaml", Yaml, "port: ENC", "port: 5432 #", "a.yaml:3: the value of db.port is not encrypted")]
    [InlineData("a.yaml", Yaml, "        - ENC", "        - hunter2 #", "a.yaml:7: the value of db.hosts is not encrypted")]
    [InlineData("a.yaml", Yaml, "note_unencrypted", "note", "a.yaml:9: the value of note is not encrypted")]
    [InlineData("a.json", Json, "\"b\": \"ENC", "\"b\": \"hunter2", "a.json:3: the value of b is not encrypted")]
    [InlineData("a.json", Json, "null", "true", "a.json:2: the value of a is not encrypted")]
    [InlineData("a.env", Env, "EMPTY=", "EMPTY=hunter2", "a.env:3: the value of EMPTY is not encrypted")]
    [InlineData("a.env", Env, "EMPTY=", "hunter2", "a.env:3: a value is not encrypted")]
    [InlineData("a.ini", Ini, "password = ENC", "password = hunter2", "a.ini:2: the value of db.password is not encrypted")]
    [InlineData("a.tar", Binary, "\"data\": \"ENC", "\"data\": \"hunter2", "a.tar:1: the value of data is not encrypted")]
    public void A_value_that_was_added_plain_is_named_and_not_shown(string path, string contents, string part, string other, string expected)
    {
        Assert.Contains(part, contents, StringComparison.Ordinal);
        var at = contents.IndexOf(part, StringComparison.Ordinal);
        Assert.Equal(expected, Assert.Single(Find(path, contents[..at] + other + contents[(at + part.Length)..])).ToString());
    }

    [Theory]
    [InlineData("unencrypted_suffix: _unencrypted", "encrypted_suffix: _secret", 0)]
    [InlineData("unencrypted_suffix: _unencrypted", "encrypted_regex: ^db$", 0)]
    [InlineData("unencrypted_suffix: _unencrypted", "encrypted_regex: ^note", 1)]
    [InlineData("unencrypted_suffix: _unencrypted", "unencrypted_regex: ^note", 0)]
    [InlineData("unencrypted_suffix: _unencrypted", "unencrypted_regex: ^db$", 1)]
    [InlineData("unencrypted_suffix: _unencrypted", "other: x", 1)]
    public void What_sops_was_told_to_leave_plain_is_no_problem(string part, string other, int problems) =>
        Assert.Equal(problems, Find("a.yaml", Yaml.Replace(part, other, StringComparison.Ordinal)).Count);

    [Fact]
    public void An_alias_is_what_its_anchor_is()
    {
        Assert.Empty(Find("a.yaml", $"a: &x {Value}\nb: *x\nsops:\n  mac: {Value}\n"));
        Assert.Single(Find("a.yaml", $"a: &x hunter2\nb: *x\nsops:\n  mac: {Value}\n"));
    }

    [Fact]
    public void Any_bytes_are_looked_at_in_an_orderly_way() =>
        Fuzz.Run<NixException>(
            [.. ((string[])[Yaml, Json, Env, Ini]).Select(Encoding.UTF8.GetBytes)],
            static bytes =>
            {
                foreach (var name in (string[])["a.yaml", "a.json", "a.env", "a.ini"])
                {
                    SopsFile.FindProblems(name, bytes);
                }
            },
            count: 1500,
            perByte: 10_000,
            flat: 4 << 20);

    private static IReadOnlyList<SecretProblem> Find(string path, string contents) => SopsFile.FindProblems(path, Encoding.UTF8.GetBytes(contents));
}

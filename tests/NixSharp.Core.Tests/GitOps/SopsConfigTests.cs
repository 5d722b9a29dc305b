using System.Text;
using FsCheck;
using FsCheck.Fluent;
using NixSharp.GitOps.Secrets;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.GitOps;

public sealed class SopsConfigTests
{
    private const string Text =
        """
        keys:
        - &alice age1weydjjefmn2k6r2c6qrz4tz3l4tmela49kxp8u4menjtludy2u7qq5yvn9
        - &bob 85D77543B3D624B63CEA9E6DBC17301B491B3F21
        stores:
          yaml:
            indent: 2
        creation_rules:
        - path_regex: secrets/[^/]+\.(yaml|json|env|ini)$
          key_groups:
          - age:
            - *alice
            pgp:
            - *bob
            azure_keyvault:
            - vaultUrl: https://vault.example.org
              key: name
              version: '1'
          future_key: 5
        - path_regex: \.prod\.yaml$
          encrypted_regex: ^(data|stringData)$
          shamir_threshold: 2
          key_groups:
          - kms:
            - arn: arn:aws:kms:us-east-1:1:key/a
              role: arn:aws:iam::1:role/b
              aws_profile: prod
              context:
                app: web
          - pgp:
            - *bob
        - age: age1a, age1b

        """;

    private static readonly Arbitrary<int> Seeds = Gen.Choose(0, int.MaxValue).ToArbitrary();

    [Fact]
    public void Rules_say_who_can_open_what()
    {
        var config = SopsConfig.Parse(Text);
        var rule = config.FindRule("hosts/secrets/web.yaml")!;
        Assert.Equal(["age1weydjjefmn2k6r2c6qrz4tz3l4tmela49kxp8u4menjtludy2u7qq5yvn9"], rule.KeyGroups[0].Age);
        Assert.Equal(["85D77543B3D624B63CEA9E6DBC17301B491B3F21"], rule.KeyGroups[0].Pgp);
        var production = config.FindRule("db.prod.yaml")!;
        Assert.Equal((2, "^(data|stringData)$", 2), (production.ShamirThreshold, production.EncryptedRegex, production.KeyGroups.Count));
        var kms = production.KeyGroups[0].Kms[0];
        Assert.Equal(("arn:aws:kms:us-east-1:1:key/a", "arn:aws:iam::1:role/b", "prod", "web"), (kms.Arn, kms.Role, kms.Profile, kms.Context["app"]));
        Assert.Equal(["age1a", "age1b"], config.FindRule("anything")!.KeyGroups[0].Age);
    }

    [Fact]
    public void What_is_not_changed_is_written_as_it_was() => Assert.Equal(Text, SopsConfig.Parse(Text).ToString());

    [Fact]
    public void A_changed_rule_keeps_what_is_not_known()
    {
        var config = SopsConfig.Parse(Text);
        var first = config.Rules[0];
        var changed = config.WithRules(first with { KeyGroups = [first.KeyGroups[0] with { Age = [.. first.KeyGroups[0].Age, "age1new"] }] }, config.Rules[2]);

        var text = changed.ToString();

        Assert.Contains("    - age1new\n", text, StringComparison.Ordinal);
        Assert.Contains("future_key: 5\n", text, StringComparison.Ordinal);
        Assert.Contains("vaultUrl: https://vault.example.org\n", text, StringComparison.Ordinal);
        Assert.Contains("- age: age1a, age1b\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("prod", text, StringComparison.Ordinal);
        Assert.Equal(["age1new"], SopsConfig.Parse(text).Rules[0].KeyGroups[0].Age.Skip(1));
    }

    [Fact]
    public void A_new_configuration_is_written() =>
        Assert.Equal(
            "creation_rules:\n- path_regex: secrets/.*\n  key_groups:\n  - age:\n    - age1a\n",
            new SopsConfig(new SopsRule { PathRegex = "secrets/.*", KeyGroups = [new SopsKeyGroup { Age = ["age1a"] }] }).ToString());

    [Fact]
    public void What_is_printed_is_read_as_the_same() => Prop.ForAll(Seeds, static seed =>
    {
        var config = Make(new Random(seed));
        var read = SopsConfig.Parse(config.ToString());
        Assert.Equal(config.ToString(), read.ToString());
        Assert.Equal(config.Rules.Select(static rule => rule.PathRegex), read.Rules.Select(static rule => rule.PathRegex));
        Assert.Equal(
            config.Rules.SelectMany(static rule => rule.KeyGroups).SelectMany(static group => group.Age.Concat(group.Pgp)),
            read.Rules.SelectMany(static rule => rule.KeyGroups).SelectMany(static group => group.Age.Concat(group.Pgp)));
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("- a")]
    [InlineData("creation_rules: 5")]
    [InlineData("creation_rules: [ 5 ]")]
    [InlineData("creation_rules: [ { path_regex: [ a ] } ]")]
    [InlineData("creation_rules: [ { shamir_threshold: x } ]")]
    [InlineData("creation_rules: [ { key_groups: [ { kms: [ { role: a } ] } ] } ]")]
    [InlineData("a: b: c")]
    [InlineData("a: 1\n---\nb: 2\n")]
    [InlineData("a: *b")]
    public void What_makes_no_sense_is_refused(string text)
    {
        var error = Assert.Throws<GitOpsException>(() => SopsConfig.Parse(text));
        Assert.Equal(NixErrorCodes.InvalidSopsConfig, error.Code);
    }

    [Fact]
    public void An_expression_that_is_none_is_named()
    {
        var error = Assert.Throws<GitOpsException>(() => SopsConfig.Parse("creation_rules: [ { path_regex: '(' } ]").FindRule("a"));
        Assert.Contains("'('", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nesting_without_end_is_refused() =>
        Assert.Throws<GitOpsException>(() => SopsConfig.Parse("a: " + new string('[', 100_000)));

    [Fact]
    public void Damaged_files_are_refused_in_an_orderly_way() =>
        Fuzz.Run<GitOpsException>([Encoding.UTF8.GetBytes(Text)], static bytes => SopsConfig.Parse(Encoding.UTF8.GetString(bytes)).ToString(), count: 1500, perByte: 4000);

    private static SopsConfig Make(Random random) => new([.. Enumerable.Range(0, random.Next(4)).Select(_ => new SopsRule
    {
        PathRegex = random.Next(3) == 0 ? null : Word(random),
        ShamirThreshold = random.Next(3) == 0 ? random.Next(1, 9) : null,
        EncryptedRegex = random.Next(3) == 0 ? Word(random) : null,
        KeyGroups = [.. Enumerable.Range(0, random.Next(3)).Select(_ => new SopsKeyGroup
        {
            Age = [.. Enumerable.Range(0, random.Next(3)).Select(_ => Word(random))],
            Pgp = [.. Enumerable.Range(0, random.Next(3)).Select(_ => Word(random))],
        })],
    })]);

    private static string Word(Random random) => new(random.GetItems("ab:#'\"\\[]{}&*!|>% -.?$^é".ToCharArray(), random.Next(1, 9)));
}

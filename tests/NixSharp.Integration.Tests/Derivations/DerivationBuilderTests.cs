using Newtonsoft.Json.Linq;
using NixSharp.Derivations;
using NixSharp.Hashing;
using NixSharp.Json;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Derivations;

public sealed class DerivationBuilderTests : IDisposable
{
    private const string Features = "ca-derivations impure-derivations";

    private const string Expression = """
        let
          make = attributes: derivation ({ system = "x86_64-linux"; builder = "${./tools}/busybox"; args = [ "sh" "-c" "echo $text; echo $text > $out" ]; } // attributes);
          hash = "1f0b8a9bb9ed1d8ba9b5c9dd1c4be2ba5c1c4a53e0e6ab2a5e3b0d6ae1c5d7a9";
        in rec {
          plain = make { name = "plain"; text = "a\nb\t\"c\"\\ ä"; };
          multi = make { name = "multi"; outputs = [ "dev" "out" ]; args = [ "sh" "-c" "echo x > $out; echo $out > $dev" ]; };
          flat = make { name = "flat"; text = "x"; outputHash = "73cb3858a687a8494ca3323053016282f3dad39d42cf62ca4e79dda2aac7d9ac"; outputHashAlgo = "sha256"; outputHashMode = "flat"; };
          recursive = make { name = "recursive"; outputHash = hash; outputHashAlgo = "sha256"; outputHashMode = "recursive"; };
          needing = make { name = "needing"; inherit plain; text = multi; also = multi.dev; inherit flat; };
          structured = make { name = "structured"; __structuredAttrs = true; nested = { b = [ 1 2.5 true null "x" ]; a = plain; }; args = [ "sh" "-c" ". ./.attrs.sh; echo x > \${outputs[out]}" ]; };
          floating = make { name = "floating"; __contentAddressed = true; outputHashAlgo = "sha256"; outputHashMode = "recursive"; };
          deferred = make { name = "deferred"; text = floating; };
          impure = make { name = "impure"; __impure = true; };
        }
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task The_same_attributes_give_the_same_derivation_as_in_the_Nix_language(NixRelease nix)
    {
        // Closed again, because Nix waits for that before it makes the tables that content-addressed outputs need.
        IReadOnlyList<StoreDerivation> derivations;
        await using (var store = LocalStore.Open(_folder["ours"]))
        {
            derivations = await MakeAsync(store);
            foreach (var derivation in derivations)
            {
                await derivation.AddToAsync(store);
            }
        }

        var expected = await RealNix.RunAsync(nix, _folder["theirs"], "nix-instantiate", "--extra-experimental-features", Features, _folder.Write("default.nix", Expression));
        Assert.Equal(
            expected.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => StorePath.Parse(line.Split('!')[0])).OrderBy(static path => path.Name, StringComparer.Ordinal),
            derivations.Select(static derivation => derivation.Path).OrderBy(static path => path.Name, StringComparer.Ordinal));
        var verified = await RealNix.VerifyAsync(_folder["ours"], nix);
        Assert.True(verified.ExitCode == 0, verified.Error);
        string[] command = nix == NixRelease.Machine ? ["show-derivation"] : ["derivation", "show"];
        var shown = await RealNix.RunAsync(nix, _folder["ours"], "nix", [.. command, "--extra-experimental-features", Features, .. derivations.Select(static derivation => derivation.Path.ToString())]);
        var layout = nix == NixRelease.Machine ? DerivationJsonFormat.Nix23 : DerivationJsonFormat.Nix223;
        var written = DerivationJson.Write(derivations.ToDictionary(static derivation => derivation.Path, static derivation => derivation.Derivation), layout);
        Assert.True(JToken.DeepEquals(JsonText.Parse(shown), written), $"Nix:\n{shown}\nNixSharp:\n{written}");
        Assert.All(DerivationJson.Parse(shown), pair => Assert.Equal(derivations.Single(derivation => derivation.Path == pair.Key).Derivation, pair.Value));
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Nix_queries_and_builds_a_derivation_that_was_made_here(NixRelease nix)
    {
        StoreDerivation needing;
        StoreDerivation floating;
        await using (var store = LocalStore.Open(_folder["ours"]))
        {
            var derivations = await MakeAsync(store);
            (needing, floating) = (Named("needing"), Named("deferred"));
            await needing.AddToAsync(store);
            await floating.AddToAsync(store);
            StoreDerivation Named(string name) => derivations.Single(derivation => derivation.Derivation.Name == name);
        }

        Assert.Equal($"{needing.GetOutput()}\n", await RunAsync("--query", "--outputs", needing.Path.ToString()));
        Assert.Equal($"{needing.GetOutput()}\n", await RunAsync("--realise", needing.Path.ToString()));
        var multi = needing.Inputs.Single(static input => input.Derivation.Name == "multi");
        Assert.Equal($"{multi.GetOutput("dev")}\n", File.ReadAllText(_folder["ours"] + needing.GetOutput()));
        Assert.Equal($"{multi.GetOutput()}\n", File.ReadAllText(_folder["ours"] + multi.GetOutput("dev")));
        Assert.Equal("x\n", File.ReadAllText(_folder["ours"] + needing.Inputs.Single(static input => input.Derivation.Name == "flat").GetOutput()));
        var built = (await RunAsync("--realise", floating.Path.ToString())).Trim();
        Assert.EndsWith("-deferred", built, StringComparison.Ordinal);
        Assert.EndsWith("-floating\n", File.ReadAllText(_folder["ours"] + built), StringComparison.Ordinal);

        Task<string> RunAsync(params string[] arguments) =>
            RealNix.RunAsync(nix, _folder["ours"], "nix-store", ["--extra-experimental-features", Features, .. arguments]);
    }

    [Theory]
    [OnNix(NixRelease.Debian13)]
    public async Task Nix_adds_derivations_from_the_JSON_that_is_written_here(NixRelease nix)
    {
        IReadOnlyList<StoreDerivation> derivations;
        await using (var store = LocalStore.Open(_folder["ours"]))
        {
            // The sources are there, the derivations are not.
            derivations = await MakeAsync(store);
        }

        foreach (var derivation in derivations)
        {
            var json = _folder.Write($"{derivation.Derivation.Name}.json", JsonText.Format(DerivationJson.Write(derivation.Derivation, DerivationJsonFormat.Nix223)));
            var added = await CommandLine.TryRunAsync(
                new CommandLineOptions { Environment = new Dictionary<string, string> { ["NIX_CONFIG"] = RealNix.Configuration } },
                "sh", "-c", $"'{nix.PathOf("nix")}' --extra-experimental-features '{Features}' --store '{_folder["ours"]}' derivation add < '{json}'");
            Assert.True(added.ExitCode == 0, added.Error);
            Assert.Equal(derivation.Path.ToString(), added.Output.Trim());
        }
    }

    /// <summary>The derivations of <see cref="Expression"/>.</summary>
    private async Task<IReadOnlyList<StoreDerivation>> MakeAsync(LocalStore store)
    {
        Directory.CreateDirectory(_folder["tools"]);
        File.Copy(Requirements.Find("busybox")!, _folder["tools/busybox"]);
        var tools = await store.AddAsync(_folder["tools"]);
        var make = new DerivationBuilder { Name = "plain", System = "x86_64-linux", Builder = $"{tools}/busybox", Arguments = ["sh", "-c", "echo $text; echo $text > $out"] }.WithSources(tools);
        var hash = NixHash.Parse("1f0b8a9bb9ed1d8ba9b5c9dd1c4be2ba5c1c4a53e0e6ab2a5e3b0d6ae1c5d7a9", NixHashAlgorithm.Sha256);
        var plain = make.WithVariable("text", "a\nb\t\"c\"\\ ä").Build();
        var multi = (make with { Name = "multi", Outputs = ["dev", "out"], Arguments = ["sh", "-c", "echo x > $out; echo $out > $dev"] }).Build();
        var x = NixHash.Compute(NixHashAlgorithm.Sha256, "x\n"u8);
        var flat = (make with { Name = "flat", Output = new DerivationOutput.Fixed(ContentAddress.Of(ContentAddressMethod.Flat, x)) })
            .WithVariable("text", "x").WithVariable("outputHash", x.ToDigestString(HashFormat.Base16)).WithVariable("outputHashAlgo", "sha256").WithVariable("outputHashMode", "flat").Build();
        var recursive = (make with { Name = "recursive", Output = new DerivationOutput.Fixed(ContentAddress.Of(ContentAddressMethod.Nar, hash)) })
            .WithVariable("outputHash", hash.ToDigestString(HashFormat.Base16)).WithVariable("outputHashAlgo", "sha256").WithVariable("outputHashMode", "recursive").Build();
        var needing = (make with { Name = "needing" })
            .WithInput(plain).WithInput(multi, "dev").WithInput(flat)
            .WithVariable("plain", plain.GetOutput()).WithVariable("text", multi.GetOutput("dev")).WithVariable("also", multi.GetOutput("dev")).WithVariable("flat", flat.GetOutput()).Build();
        var structured = (make with
        {
            Name = "structured",
            Arguments = ["sh", "-c", ". ./.attrs.sh; echo x > ${outputs[out]}"],
            StructuredAttributes = new JObject { ["nested"] = new JObject { ["b"] = new JArray(1, 2.5, true, JValue.CreateNull(), "x"), ["a"] = plain.GetOutput() } },
        }).WithInput(plain).Build();
        var floating = (make with { Name = "floating", Output = new DerivationOutput.Floating(ContentAddressMethod.Nar, NixHashAlgorithm.Sha256) })
            .WithVariable("outputHashAlgo", "sha256").WithVariable("outputHashMode", "recursive").Build();
        var deferred = (make with { Name = "deferred" }).WithInput(floating).WithVariable("text", floating.GetOutput()).Build();
        var impure = (make with { Name = "impure", Output = new DerivationOutput.Impure(ContentAddressMethod.Nar, NixHashAlgorithm.Sha256) }).Build();
        return [plain, multi, flat, recursive, needing, structured, floating, deferred, impure];
    }
}

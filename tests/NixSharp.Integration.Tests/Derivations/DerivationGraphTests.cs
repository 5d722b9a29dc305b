using NixSharp.Derivations;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Derivations;

public sealed class DerivationGraphTests : IDisposable
{
    private const int Count = 2000;

    /// <summary>Derivations of every kind that is input-addressed or fixed, each of which needs up to three others.</summary>
    private const string Expression = """
        let
          count = 2000;
          mod = a: b: a - b * (a / b);
          outputsOf = i: if mod i 7 == 0 then [ "out" "dev" "doc" ] else [ "out" ];
          at = i: builtins.elemAt all i;
          needed = i: if i == 0 then [ ] else map at (builtins.filter (j: 0 <= j && j < i) [ (i / 2) (i / 3) (i - 1 - mod i 5) ]);
          fixed = i: mod i 11 == 0;
          make = i: derivation ({
            name = "d${toString i}";
            system = "x86_64-linux";
            builder = "/bin/sh";
            args = [ "-c" "echo \"${toString i}\n\t\" > $out" ];
            inputs = needed i;
            source = builtins.toFile "source-${toString (mod i 50)}" "contents ${toString (mod i 50)}";
            devs = map (d: d.dev or d) (needed i);
          } // (if fixed i then {
            outputHash = builtins.hashString "sha256" (toString i);
            outputHashAlgo = "sha256";
            outputHashMode = if mod i 2 == 0 then "flat" else "recursive";
          } else { outputs = outputsOf i; }) // (if mod i 13 == 0 then { __structuredAttrs = true; numbers = [ i 1.5 null true { a = "ä"; } ]; } else { }));
          all = builtins.genList make count;
        in all
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task All_paths_of_two_thousand_derivations_are_recomputed(NixRelease nix)
    {
        var printed = await RealNix.RunAsync(nix, _folder["store"], "nix-instantiate", _folder.Write("default.nix", Expression));
        var paths = printed.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => StorePath.Parse(line.Split('!')[0])).ToList();
        Assert.Equal(Count, paths.Distinct().Count());
        await using var store = LocalStore.Open(_folder["store"]);
        var graph = await store.LoadDerivationsAsync(paths);
        Assert.Equal(Count, graph.Paths.Count);
        graph.Check();

        var hashes = new DerivationHashes();
        foreach (var path in graph.Paths)
        {
            var derivation = graph[path];
            var filled = DerivationOutputs.Fill(WithoutPaths(derivation), hashes);
            Assert.Equal(await store.QueryDerivationOutputsAsync(path), filled.GetOutputPaths().ToDictionary(static pair => pair.Key, static pair => (StorePath?)pair.Value));
            Assert.Equal(path, hashes.Add(filled));
        }
    }

    private static Derivation WithoutPaths(Derivation derivation) => derivation with
    {
        Outputs = derivation.Outputs.ToDictionary(
            static pair => pair.Key,
            static pair => pair.Value is DerivationOutput.InputAddressed ? new DerivationOutput.Deferred() : pair.Value),
        Environment = derivation.Environment.ToDictionary(static pair => pair.Key, pair => derivation.Outputs.ContainsKey(pair.Key) ? "" : pair.Value),
    };
}

using System.Globalization;
using NixSharp.Derivations;
using NixSharp.StorePaths;
using NixSharp.Stores;

namespace NixSharp.Benchmarks.Comparisons;

internal static class DerivationComparisons
{
    private const int InputsEach = 4;

    /// <summary>
    /// All derivations that one needs: read, and every output path and store path computed anew. Nix has no command that does
    /// just that: instantiating them again computes the same paths, but evaluates besides, and showing them only reads.
    /// </summary>
    public static async Task<Comparison> RecomputeAsync(Workshop shop, int count)
    {
        var folder = Workshop.FileOf($"derivations-{count}");
        var (top, expression) = await MakeStoreAsync(folder, count);
        return new Comparison(
            string.Create(CultureInfo.InvariantCulture, $"recompute {count:N0} derivations"),
            ["nix"],
            Contender.InProcess("store.LoadDerivationsAsync, graph.Check", () => CheckAsync(folder, top)),
            [
                new Contender("nixsharp drv path --check", $"'{shop.Tool}' drv path --check {top} --store '{folder}' >/dev/null"),
                .. Workshop.ByNix("nix-instantiate", nix => $"{nix("nix-instantiate")} --store '{folder}' '{expression}' >/dev/null 2>&1"),
                new Contender("nixsharp drv show -r", $"'{shop.Tool}' drv show -r {top} --store '{folder}' >/dev/null"),
                .. Workshop.ByNix("nix show-derivation -r", nix => $"{nix("nix")} show-derivation -r {top} --store '{folder}' >/dev/null"),
            ]);
    }

    private static async Task CheckAsync(string folder, StorePath top)
    {
        await using var store = LocalStore.Open(folder);
        (await store.LoadDerivationsAsync([top])).Check();
    }

    /// <summary>A store with so many derivations, made here, and an expression that makes the same ones.</summary>
    private static async Task<(StorePath Top, string Expression)> MakeStoreAsync(string folder, int count)
    {
        var make = new DerivationBuilder { Name = "d0", System = "x86_64-linux", Builder = "/bin/sh" };
        var made = new List<StoreDerivation>();
        for (var i = 0; i < count; i++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"d{i}");
            var inputs = Needed(i).Select(at => made[at]).ToList();
            var builder = (make with { Name = name, Arguments = ["-c", $"echo {name} > $out"] }).WithVariable("inputs", string.Join(' ', inputs.Select(static input => input.GetOutput())));
            made.Add(inputs.Aggregate(builder, static (current, input) => current.WithInput(input)).Build());
        }

        await using (var store = LocalStore.Open(folder, new StoreOptions { SyncBeforeRegistering = false }))
        {
            await made[^1].AddToAsync(store);
        }

        var expression = Path.Combine(folder, "default.nix");
        await File.WriteAllTextAsync(expression, $$"""
            let
              mod = a: b: a - b * (a / b);
              needed = i: if i == 0 then [ ] else builtins.genList (j: mod ((i - 1) * (j + 1)) i) {{InputsEach}} ++ [ (i - 1) ];
              make = i: derivation {
                name = "d${toString i}";
                system = "x86_64-linux";
                builder = "/bin/sh";
                args = [ "-c" "echo d${toString i} > $out" ];
                inputs = map (builtins.elemAt all) (needed i);
              };
              all = builtins.genList make {{count}};
            in builtins.elemAt all {{count - 1}}
            """);
        return (made[^1].Path, expression);
    }

    /// <summary>The one before, so that the last derivation needs them all, and some others, the same ones each time.</summary>
    private static IEnumerable<int> Needed(int i) => i == 0 ? [] : Enumerable.Range(1, InputsEach).Select(j => (int)((i - 1L) * j % i)).Append(i - 1);
}

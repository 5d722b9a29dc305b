using System.Globalization;
using System.Security.Cryptography;
using NixSharp.Flakes.Locks;
using NixSharp.Flakes.References;

namespace NixSharp.Benchmarks.Comparisons;

internal static class LockComparisons
{
    private const int Packages = 500;
    private const int Nodes = 1_000;

    /// <summary>Writes <c>deps.json</c> for a packages folder of some 170 MB.</summary>
    public static Task<Comparison> PackagesAsync(Workshop shop)
    {
        var folder = MakePackages();
        var output = Workshop.FileOf("deps.json");
        var ours = $"'{shop.Tool}' nuget lock '{folder}' --file '{output}' --quiet";
        var cold = $"rm -f '{output}' '{Workshop.Cache}/nixsharp/nupkg-hashes'";
        return Task.FromResult(new Comparison(
            $"deps.json of {Packages} packages",
            ["sha256sum", "nix-hash"],
            new Contender("nixsharp nuget lock", ours, cold),
            [
                new Contender("nixsharp nuget lock, again", ours, $"{cold}; {ours}; rm -f '{output}'"),
                new Contender("a loop of sha256sum (hashes only)", $"for f in '{folder}'/*/*/*.nupkg; do sha256sum \"$f\"; done >'{output}'"),
                new Contender("a loop of nix-hash, as nixpkgs' script has it (hashes only)", $"for f in '{folder}'/*/*/*.nupkg; do nix-hash --type sha256 --flat --base32 \"$f\"; done >'{output}'"),
            ]));
    }

    /// <summary>Reads and checks a large <c>flake.lock</c>.</summary>
    public static async Task<Comparison> FlakeLockAsync(Workshop shop)
    {
        var file = Workshop.FileOf("flake.lock");
        await MakeLock().WriteAsync(file);
        var text = await File.ReadAllTextAsync(file);
        return new Comparison(
            $"flake.lock of {Nodes.ToString("N0", CultureInfo.InvariantCulture)} nodes",
            ["nix"],
            Contender.InProcess("FlakeLock.Parse, with follows resolved", () => Task.FromResult(FlakeLock.Parse(text))),
            [
                new Contender("nixsharp flake lock check", $"'{shop.Tool}' flake lock check '{file}'"),
                .. Workshop.ByNix("nix eval of builtins.fromJSON", nix => $"{nix("nix")} eval --store dummy:// --impure --expr 'builtins.length (builtins.attrNames (builtins.fromJSON (builtins.readFile {file})).nodes)'"),
            ]);
    }

    private static string MakePackages()
    {
        var folder = Workshop.FileOf("packages");
        if (Directory.Exists(folder))
        {
            return folder;
        }

        var staged = folder + ".new";
        for (var i = 0; i < Packages; i++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"package{i:000}");
            var package = Path.Combine(staged, name, "1.0.0");
            Directory.CreateDirectory(package);

            // From a few kilobytes to some megabytes, as packages are.
            var contents = RandomNumberGenerator.GetBytes(4_000 + (i * i * 4));
            File.WriteAllBytes(Path.Combine(package, $"{name}.1.0.0.nupkg"), contents);
            File.WriteAllText(Path.Combine(package, $"{name}.1.0.0.nupkg.sha512"), Convert.ToBase64String(SHA512.HashData(contents)));
            File.WriteAllText(Path.Combine(package, $"{name}.nuspec"), $"<package><metadata><id>{name}</id><version>1.0.0</version></metadata></package>");
            File.WriteAllText(Path.Combine(package, ".nupkg.metadata"), "{ \"version\": 2, \"contentHash\": \"x\" }");
        }

        Directory.Move(staged, folder);
        return folder;
    }

    private static FlakeLock MakeLock()
    {
        var nodes = Enumerable.Range(0, Nodes).ToDictionary(Name, static i =>
        {
            var original = FlakeReference.Parse($"github:owner/repository{i}");
            return new FlakeLockNode
            {
                Original = original,
                Locked = original.With("rev", i.ToString("x40", CultureInfo.InvariantCulture)).With("lastModified", 1_790_000_000 + i),
                Inputs = i == 0 ? new Dictionary<string, FlakeLockInput>() : new Dictionary<string, FlakeLockInput> { ["first"] = FlakeLockInput.Following(Name(i / 2)) },
            };
        });
        nodes["root"] = new FlakeLockNode { Inputs = nodes.Keys.ToDictionary(static name => name, FlakeLockInput.ToNode) };
        return new FlakeLock(nodes);
    }

    private static string Name(int number) => string.Create(CultureInfo.InvariantCulture, $"node{number:0000}");
}

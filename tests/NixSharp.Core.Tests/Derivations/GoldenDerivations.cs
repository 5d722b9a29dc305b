using NixSharp.Derivations;
using NixSharp.StorePaths;
using NixSharp.Testing;

namespace NixSharp.Core.Tests.Derivations;

/// <summary>Derivations from the field.</summary>
internal static class GoldenDerivations
{
    public const string Nix28 = "generated-nix-2.8.0/derivations";
    public const string GoNix = "go-nix/test/testdata";
    public const string NixTests = "nixos-nix/src/libstore-tests/data/derivation";
    public const string NixTestsOld = "nixos-nix-old";

    /// <summary>The files that are named after their store path, by that path.</summary>
    public static IReadOnlyList<(StorePath Path, string File)> StorePathsIn(string folder) =>
        [.. Directory.EnumerateFiles(GoldenData.PathOf(folder), "*.drv")
            .Order(StringComparer.Ordinal)
            .Select(static file => (StorePath.ParseBaseName(Path.GetFileName(file)), file))];

    /// <summary>The derivations in a folder whose files are named after their store path.</summary>
    public static IReadOnlyDictionary<StorePath, Derivation> Load(string folder) =>
        StorePathsIn(folder).ToDictionary(static item => item.Path, static item => Derivation.Parse(File.ReadAllBytes(item.File), item.Path));

    public static byte[] Bytes(string relative) => File.ReadAllBytes(GoldenData.PathOf(relative));

    /// <summary>Text whose bytes need not be UTF-8.</summary>
    public static string Text(string path) => ByteText.FromBytes(File.ReadAllBytes(Path.IsPathRooted(path) ? path : GoldenData.PathOf(path)));
}

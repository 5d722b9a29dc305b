using NixSharp.Compression;
using NixSharp.Files;
using NixSharp.StorePaths;

namespace NixSharp.Building;

/// <summary>Where a store keeps the logs of builds: <c>drvs/HA/SH-NAME.drv.bz2</c>, or without <c>.bz2</c> where they are not compressed, as Nix does.</summary>
internal sealed class BuildLogFolder(string folder)
{
    /// <summary>What the name of a compressed log ends in.</summary>
    public const string CompressedExtension = ".bz2";

    /// <summary>Opens the log of a derivation, uncompressed; null where there is none.</summary>
    /// <exception cref="NixFileException">It cannot be read.</exception>
    public Stream? Open(StorePath derivation)
    {
        var plain = PathOf(derivation);
        try
        {
            return TryOpen(plain) is { } log ? log
                : TryOpen(plain + CompressedExtension) is { } compressed ? NarCompression.Bzip2.OpenRead(compressed)
                : null;
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            throw FileErrors.Reading(plain, error);
        }
    }

    /// <summary>Begins a log, which is seen once it is kept.</summary>
    public BuildLogFile Create(StorePath derivation)
    {
        var path = PathOf(derivation);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return new BuildLogFile(path);
    }

    private static FileStream? TryOpen(string path) =>
        File.Exists(path) ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 64 * 1024) : null;

    private string PathOf(StorePath derivation) => Path.Combine(folder, "drvs", derivation.BaseName[..2], derivation.BaseName[2..]);
}

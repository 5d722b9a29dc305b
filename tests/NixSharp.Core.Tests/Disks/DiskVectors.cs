using System.IO.Compression;
using NixSharp.Testing;

namespace NixSharp.Core.Tests.Disks;

/// <summary>Small images that real programs made; <c>Vectors/make.sh</c> makes them anew.</summary>
internal static class DiskVectors
{
    public static byte[] Read(string name)
    {
        using var file = File.OpenRead(Path.Combine(GoldenData.RepositoryRoot, "tests", "NixSharp.Core.Tests", "Disks", "Vectors", $"{name}.gz"));
        using var gzip = new GZipStream(file, CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        gzip.CopyTo(bytes);
        return bytes.ToArray();
    }
}

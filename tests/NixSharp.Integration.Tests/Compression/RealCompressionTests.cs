using System.Security.Cryptography;
using NixSharp.Compression;
using NixSharp.Hashing;
using NixSharp.Nar;
using NixSharp.NarInfos;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Compression;

/// <summary>Real Nix reads what NixSharp compressed and signed, and the other way round.</summary>
public sealed class RealCompressionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresTheory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Nix_takes_signed_paths_in_every_compression_from_a_cache(NixRelease release)
    {
        var key = SecretKey.Generate("ours-1");
        Directory.CreateDirectory(_folder["cache/nar"]);
        _folder.Write("cache/nix-cache-info", new CacheInfo { WantMassQuery = true, Priority = 10 }.Write());
        var paths = new List<string>();
        foreach (var compression in NarCompression.All)
        {
            foreach (var threads in (int[])[1, 2])
            {
                paths.Add(await AddToCacheAsync($"{compression}-{threads}", compression, threads, key));
            }
        }

        await RealNix.RunAsync(release, _folder["store"], "nix",
            ["copy", "--from", $"file://{_folder["cache"]}", "--option", "trusted-public-keys", key.ToPublicKey().ToString(), .. paths]);
        Assert.Equal(0, (await RealNix.VerifyAsync(_folder["store"], release)).ExitCode);
        Assert.All(paths, path => Assert.True(File.Exists(_folder["store"] + path), path));
    }

    [RequiresTheory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task What_Nix_compresses_is_read(NixRelease release)
    {
        var text = string.Concat(Enumerable.Range(0, 100_000).Select(static i => $"{i * 7919 % 10007} "));
        var path = StorePath.Parse((await RealNix.RunAsync(release, _folder["store"], "nix-store", "--add", _folder.Write("numbers", text))).Trim());
        foreach (var compression in NarCompression.All)
        {
            var cache = _folder[$"cache-{compression}"];
            var parallel = compression.Name is "xz" or "zstd" ? "&parallel-compression=true" : "";
            await RealNix.RunAsync(release, _folder["store"], "nix", "copy", "--to", $"file://{cache}?compression={compression}&compression-level=5{parallel}", path.ToString());
            var info = NarInfo.Parse(await File.ReadAllBytesAsync(Path.Combine(cache, $"{path.HashPart}.narinfo")));
            Assert.Equal(compression, NarCompression.Parse(info.Compression));
            var stream = compression.OpenRead(File.OpenRead(Path.Combine(cache, info.Url)), info.PathInfo.NarSize);
            await using (stream)
            {
                Assert.Equal(info.PathInfo.NarHash, new NixHash(NixHashAlgorithm.Sha256, await SHA256.HashDataAsync(stream)));
            }
        }
    }

    private async Task<string> AddToCacheAsync(string name, NarCompression compression, int threads, SecretKey key)
    {
        var file = _folder.Write(name, string.Concat(Enumerable.Repeat($"{name} ", 50_000)));
        var nar = new MemoryStream();
        await NarArchive.DumpAsync(file, nar);
        var compressed = new MemoryStream();
        var stream = compression.OpenWrite(compressed, new CompressionOptions { Threads = threads }, leaveOpen: true);
        await using (stream)
        {
            await stream.WriteAsync(nar.ToArray());
        }

        // Not content-addressed as far as Nix knows, so that only the signature counts.
        var info = new PathInfo
        {
            Path = StorePath.FromDerivationOutput(name, "out", NixHash.Compute(NixHashAlgorithm.Sha256, nar.ToArray())),
            NarHash = NixHash.Compute(NixHashAlgorithm.Sha256, nar.ToArray()),
            NarSize = nar.Length,
        };
        var fileHash = NixHash.Compute(NixHashAlgorithm.Sha256, compressed.ToArray());
        var narInfo = new NarInfo
        {
            PathInfo = info with { Signatures = [key.Sign(info).ToString()] },
            Url = $"nar/{fileHash.ToDigestString(HashFormat.Nix32)}.nar{compression.FileExtension}",
            Compression = compression.Name,
            FileHash = fileHash,
            FileSize = compressed.Length,
        };
        await File.WriteAllBytesAsync(_folder[$"cache/{narInfo.Url}"], compressed.ToArray());
        _folder.Write($"cache/{info.Path.HashPart}.narinfo", narInfo.Write());
        return info.Path.ToString();
    }
}

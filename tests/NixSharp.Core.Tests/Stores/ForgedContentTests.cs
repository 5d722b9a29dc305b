using NixSharp.Hashing;
using NixSharp.Nar;
using NixSharp.NarInfos;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Stores;

/// <summary>A content-addressed path needs no signature, so its files have to be the ones that its name stands for.</summary>
public sealed class ForgedContentTests : IDisposable
{
    private static readonly NixHash Right = NixHash.Compute(NixHashAlgorithm.Sha256, "right"u8);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("text")]
    [InlineData("flat")]
    [InlineData("sha1")]
    [InlineData("self")]
    public async Task Other_files_than_the_content_address_says_are_refused(string kind)
    {
        await using var store = await NixStore.OpenAsync(_folder["store"]);
        var info = await MakeAsync(kind, "wrong");
        Assert.True(TrustedKeys.IsContentAddressed(info.Info));
        var error = await Assert.ThrowsAsync<NixStoreException>(() => store.AddNarAsync(info.Info, new MemoryStream(info.Nar)));
        Assert.Equal(NixErrorCodes.NarMismatch, error.Code);
        Assert.Contains("content address", error.Message, StringComparison.Ordinal);
        Assert.Null(await store.QueryPathInfoAsync(info.Info.Path));
        Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(_folder["store/nix/store"]), static entry => !Path.GetFileName(entry).StartsWith('.'));
    }

    [Theory]
    [InlineData("text")]
    [InlineData("flat")]
    [InlineData("sha1")]
    public async Task The_right_files_are_taken(string kind)
    {
        await using var store = await NixStore.OpenAsync(_folder["store"]);
        var info = await MakeAsync(kind, "right");
        await store.AddNarAsync(info.Info, new MemoryStream(info.Nar));
        Assert.Equal(info.Info.ContentAddress, (await store.QueryPathInfoAsync(info.Info.Path))!.ContentAddress);
    }

    [RequiresFact(Requirements.Golden)]
    public async Task Files_that_refer_to_themselves_are_taken()
    {
        await using var store = await NixStore.OpenAsync(_folder["store"]);
        var vector = GoldenData.ReadJson("vectors/store-path-compute.json")["selfReference"]![0]!;
        var nar = File.ReadAllBytes(GoldenData.PathOf((string)vector["narFile"]!));
        var path = StorePath.Parse((string)vector["storePath"]!);
        var info = Describe(path, nar) with
        {
            References = [path],
            ContentAddress = ContentAddress.Parse($"fixed:r:sha256:{vector["sha256ZeroedPlusPositionsNix32"]}"),
        };
        Assert.True(TrustedKeys.IsContentAddressed(info));
        await store.AddNarAsync(info, new MemoryStream(nar));
        Assert.NotNull(await store.QueryPathInfoAsync(path));
    }

    [Fact]
    public async Task A_program_is_no_flat_file()
    {
        await using var store = await NixStore.OpenAsync(_folder["store"]);
        var info = await MakeAsync("flat", "right", executable: true);
        await Assert.ThrowsAsync<NixStoreException>(() => store.AddNarAsync(info.Info, new MemoryStream(info.Nar)));
    }

    private async Task<(PathInfo Info, byte[] Nar)> MakeAsync(string kind, string contents, bool executable = false)
    {
        var file = _folder.Write("source", contents);
        if (executable)
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        var output = new MemoryStream();
        await NarArchive.DumpAsync(file, output);
        var address = kind switch
        {
            "text" => ContentAddress.Text(Right),
            "flat" => ContentAddress.Fixed(FileIngestionMethod.Flat, Right),
            "sha1" => ContentAddress.Fixed(FileIngestionMethod.Recursive, contents == "right" ? NixHash.Compute(NixHashAlgorithm.Sha1, output.ToArray()) : NixHash.Compute(NixHashAlgorithm.Sha1, "x"u8)),
            _ => ContentAddress.Fixed(FileIngestionMethod.Recursive, Right),
        };
        var path = StorePath.FromContentAddress("forged", address, refersToItself: kind == "self");
        var info = Describe(path, output.ToArray()) with { ContentAddress = address, References = kind == "self" ? [path] : [] };
        return (info, output.ToArray());
    }

    private static PathInfo Describe(StorePath path, byte[] nar) => new()
    {
        Path = path,
        NarHash = NixHash.Compute(NixHashAlgorithm.Sha256, nar),
        NarSize = nar.Length,
    };
}

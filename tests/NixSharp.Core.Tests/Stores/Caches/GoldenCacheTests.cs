using Newtonsoft.Json.Linq;
using NixSharp.Nar;
using NixSharp.NarInfos;
using NixSharp.Stores;
using NixSharp.Stores.Caches;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Stores.Caches;

/// <summary>Caches that Nix 2.8.0 has written, one in each compression.</summary>
public sealed class GoldenCacheTests : StoreFixture
{
    [RequiresTheory(Requirements.Golden)]
    [InlineData("none", "none")]
    [InlineData("gzip", "gzip")]
    [InlineData("bzip2", "bzip2")]
    [InlineData("xz", "xz")]
    [InlineData("zstd", "zstd")]
    [InlineData("br", "br")]
    public async Task Every_path_is_read_verified_and_trusted(string name, string compression)
    {
        var folder = GoldenData.PathOf($"generated-nix-2.8.0/binary-cache-{name}");
        var before = Snapshot(folder);
        var keys = TrustedKeys.Parse(File.ReadAllText(GoldenData.PathOf("generated-nix-2.8.0/store/golden-test-1.pub")));
        await using (var store = (FolderCacheStore)await NixStore.OpenAsync($"file://{folder}"))
        {
            var paths = await store.ListAsync();
            Assert.Equal(["app-1.0", "lib", "lib-dev", "top"], paths.Select(static path => path.Name).Order());
            Assert.Equal(4, (await store.QueryPathInfosAsync([.. paths, Stranger])).Count);
            foreach (var path in paths)
            {
                var info = (await store.QueryNarInfoAsync(path))!;
                Assert.Equal(compression, info.Compression);
                Assert.True(keys.Trusts(info.PathInfo));
                using var nar = new MemoryStream();
                await store.ReadNarAsync(path, nar);
                Assert.Equal(info.PathInfo.NarSize, nar.Length);
                nar.Position = 0;
                var listing = JToken.Parse(File.ReadAllText(Path.Combine(folder, $"{path.HashPart}.ls")));
                Assert.True(JToken.DeepEquals(listing["root"], NarListing.Read(nar)));
            }
        }

        Assert.Equal(before, Snapshot(folder));
    }
}

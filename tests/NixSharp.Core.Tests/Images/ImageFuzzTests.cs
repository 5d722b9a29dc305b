using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Newtonsoft.Json.Linq;
using NixSharp.Images;
using NixSharp.Images.Tar;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Images;

public sealed class ImageFuzzTests : IDisposable
{
    private static readonly string Tree = Path.Combine(GoldenData.RepositoryRoot, "tests", "NixSharp.Core.Tests", "Images", "Vectors", "tree.json");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("nix", "nix2container")]
    [InlineData("stream", "streamed.base")]
    [InlineData("stream", "streamed.image")]
    public void Any_description_is_read_or_refused(string transport, string place)
    {
        var seed = Encoding.UTF8.GetBytes(JObject.Parse(File.ReadAllText(Tree)).SelectToken(place)!.ToString(Newtonsoft.Json.Formatting.None));
        var location = new ImageLocation(transport == "nix" ? ImageTransport.Nix : ImageTransport.Stream, _folder["description.json"]);
        Fuzz.Run<ImageException>(
            [seed],
            bytes =>
            {
                File.WriteAllBytes(location.Path, bytes);
                using var image = ContainerImage.OpenAsync(location).GetAwaiter().GetResult();
            },
            count: 500,
            flat: 4 << 20);
    }

    [Fact]
    public void Any_archive_is_read_or_refused()
    {
        TestArchive.Write(_folder["seed.tar"], [TestArchive.File("a", "text"), TestArchive.File("b/c", "more")]);
        var location = new ImageLocation(ImageTransport.DockerArchive, _folder["image.tar"]);
        Fuzz.Run<ImageException>(
            [File.ReadAllBytes(_folder["seed.tar"])],
            bytes =>
            {
                File.WriteAllBytes(location.Path, bytes);
                using var image = ContainerImage.OpenAsync(location, new() { Limits = new() { MaxUnpackedSize = 1 << 24 } }).GetAwaiter().GetResult();
                image.VerifyAsync(new() { MaxUnpackedSize = 1 << 24 }).GetAwaiter().GetResult();
                ImageInspection.Of(image);
                _ = image.Platform;
            },
            count: 500,
            flat: 8 << 20);
    }

    [Fact]
    public async Task Any_configuration_is_a_base_or_refused()
    {
        await using var store = new ImageStore();
        var closure = await store.GetClosureAsync();
        byte[] seed = Encoding.UTF8.GetBytes("""{"architecture":"amd64","os":"linux","author":"a","config":{"Env":["A=1","B"],"Cmd":["x"],"Entrypoint":null,"Labels":{"a":"b"},"ExposedPorts":{"80/tcp":{}},"Healthcheck":{"Test":["NONE"]},"User":"x"},"history":[{"empty_layer":true},{"created_by":"x"}],"rootfs":{"diff_ids":[]}}""");
        Fuzz.Run<ImageException>(
            [seed],
            bytes =>
            {
                using var below = new ContainerImage([], _ => bytes, null);
                using var image = ContainerImage.FromClosure(closure, new() { Base = below, Architecture = "amd64", Command = ["y"] });
                image.GetManifest();
            },
            flat: 2 << 20);
    }

    [Fact]
    public void Every_name_is_read_back_as_it_was_written()
    {
        var names = Gen.ArrayOf(Gen.Elements('a', 'ä', '名', '.', '-', '_', ' ', '\u0001').Resize(1)).Select(static part => new string(part)).Where(static part => part.Length > 0 && part is not ("." or ".."));
        var paths = Gen.ArrayOf(names).Where(static parts => parts.Length > 0).Select(static parts => string.Join('/', parts));
        Prop.ForAll(paths.ToArbitrary(), static path =>
        {
            foreach (var dialect in new[] { TarDialect.Own, TarDialect.Python, TarDialect.Go })
            {
                using var output = new MemoryStream();
                var tar = new TarWriter(output, dialect: dialect);
                tar.Begin(Encoding.UTF8.GetBytes(path), TarModes.Default, new TarAttributes(0, 12, 34));
                tar.AddSymlink([], Encoding.UTF8.GetBytes(path + path));
                tar.Begin(Encoding.UTF8.GetBytes(path), TarModes.Default, new TarAttributes(0, 12, 34));
                tar.AddFile([], executable: true, 3, new MemoryStream([1, 2, 3]));
                tar.Finish();
                output.Position = 0;
                var reader = new TarEntryReader(TarInput.Of(output), new ImageLimits(), "x");
                Assert.True(reader.TryRead(out var link, default));
                Assert.Equal((path, path + path, 12, 34), (link.Name.TrimStart('/'), link.Link, link.Owner, link.Group));
                Assert.True(reader.TryRead(out var file, default));
                Assert.Equal((path, 3L), (file.Name.TrimStart('/'), file.Size));
                Assert.Equal([1, 2, 3], reader.ReadContents(file, 3));
                Assert.False(reader.TryRead(out _, default));
            }
        }).QuickCheckThrowOnFailure();
    }
}

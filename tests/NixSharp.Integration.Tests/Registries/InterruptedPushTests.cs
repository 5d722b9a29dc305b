using System.Diagnostics;
using System.Text;
using Newtonsoft.Json.Linq;
using NixSharp.Closures;
using NixSharp.Images;
using NixSharp.Images.Oci;
using NixSharp.Integration.Tests.Tool;
using NixSharp.Registries;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Registries;

public sealed class InterruptedPushTests : IDisposable
{
    private const int Layers = 8;
    private const int Rounds = 5;
    private static readonly PushOptions Options = new() { Credentials = CredentialStore.Anonymous };

    private readonly TemporaryFolder _folder = new(inMemory: true);

    public void Dispose() => _folder.Dispose();

    [RequiresFact("docker-registry", "dotnet")]
    public async Task A_push_that_is_killed_at_any_moment_is_finished_by_the_next_one()
    {
        await using var registry = await RegistryServer.StartAsync();
        await using var store = LocalStore.Open(_folder["store"]);
        var (before, after) = (await AddAsync(store, 1), await AddAsync(store, 2));
        var random = new Random(7);
        for (var round = 0; round < Rounds; round++)
        {
            var reference = ImageReference.Parse($"{registry.Host}/round-{round}:1");
            var old = await PushAsync(store, before, reference, new LayerCache(_folder[$"{round}/old"]));
            await KillAsync(registry, reference, after, _folder[$"{round}"], random.Next(1, 3 * Layers));
            var present = registry.Blobs(reference.Repository);

            // The tag has one image or the other, and all of it.
            using var client = new RegistryClient(reference, Options);
            var tagged = await client.GetManifestAsync();
            var json = JObject.Parse(Encoding.UTF8.GetString(tagged.Content.Span));
            foreach (var blob in json["layers"]!.Append(json["config"]!))
            {
                Assert.True(OciDigest.TryParse((string?)blob["digest"], out var digest));
                Assert.True(await client.HasBlobAsync(digest));
            }

            var again = await PushAsync(store, after, reference, new LayerCache(_folder[$"{round}/nixsharp/layers"]));

            Assert.Equal(tagged.Descriptor.Digest != old.Digest, again.Unchanged);
            Assert.Equal(again.Digest, (await client.FindManifestAsync())!.Value.Digest);
            Assert.DoesNotContain(again.Layers, layer => layer.Outcome == BlobOutcome.Uploaded && present.Contains(layer.Digest.Hex));
            Assert.All(again.Layers, layer => Assert.Contains(layer.Digest.Hex, registry.Blobs(reference.Repository)));
        }
    }

    private static async Task<PushResult> PushAsync(LocalStore store, StorePath path, ImageReference reference, LayerCache cache)
    {
        using var image = ContainerImage.FromClosure(await store.GetClosureAsync(path), new() { Cache = cache });
        return await image.PushAsync(reference, Options);
    }

    /// <summary>Pushes with the program, and kills it as soon as the registry has answered so many requests.</summary>
    private async Task KillAsync(RegistryServer registry, ImageReference reference, StorePath path, string cache, int requests)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments = [NixSharpProgram.Assembly, "image", "push", path.ToString(), reference.ToString(), "--store", _folder["store"]];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["XDG_CACHE_HOME"] = cache;
        var answered = registry.Requests($"/{reference.Repository}/").Count;
        using var process = Process.Start(start)!;
        var outputs = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        while (!process.HasExited && registry.Requests($"/{reference.Repository}/").Count < answered + requests)
        {
            await Task.Delay(1);
        }

        process.Kill();
        await process.WaitForExitAsync();
        await outputs;
    }

    /// <summary>A path that needs others, each of some noise.</summary>
    private async Task<StorePath> AddAsync(LocalStore store, int seed)
    {
        var random = new Random(seed);
        var parts = new List<StorePath>();
        for (var part = 1; part < Layers; part++)
        {
            var noise = new byte[part * 200_000];
            random.NextBytes(noise);
            var file = _folder[$"noise-{seed}-{part}"];
            await File.WriteAllBytesAsync(file, noise);
            parts.Add(await store.AddAsync(file));
        }

        return await store.AddTextAsync($"all-{seed}", string.Join('\n', parts), parts);
    }
}

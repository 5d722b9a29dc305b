using NixSharp.Images;
using NixSharp.Integration.Tests.Images;
using NixSharp.Registries;
using NixSharp.Registries.Engines;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Registries.Engines;

public sealed class ContainerEngineTests
{
    private static readonly ImageReference Hello = ImageReference.Parse("registry.example.org/acme/hello:1.0");

    [RequiresFact("podman", Requirements.Root)]
    public async Task An_image_of_a_closure_is_loaded_named_and_not_sent_again()
    {
        await using var podman = await PodmanService.StartAsync();
        await using var store = await StoreFixture.CreateAsync();
        var closure = await store.GetClosureAsync();
        using var image = ContainerImage.FromClosure(closure, new ImageOptions { Entrypoint = [$"{store.Application}/bin/greet"] });
        using var engine = new ContainerEngine(EngineAddress.Parse(podman.Address));

        Assert.Null(await engine.FindAsync(Hello));
        var loaded = await engine.LoadAsync(image, [Hello, Hello.WithTag("latest")]);
        Assert.False(loaded.Unchanged);
        Assert.Equal(loaded.ImageId, await engine.FindAsync(Hello));
        Assert.Equal(loaded.ImageId, await engine.FindAsync(Hello.WithTag("latest")));
        Assert.Equal($"[{store.Application}/bin/greet]", (await podman.RunAsync("image", "inspect", "--format", "{{.Config.Entrypoint}}", Hello.ToString())).Trim());
        var mounted = (await podman.RunAsync("image", "mount", Hello.ToString())).Trim();
        Assert.Equal(
            File.ReadAllText(Path.Combine(closure.GetRealPath(store.Application), "bin", "greet")),
            File.ReadAllText($"{mounted}{store.Application}/bin/greet"));
        await podman.RunAsync("image", "unmount", Hello.ToString());

        var again = await engine.LoadAsync(image, [Hello.WithTag("2.0")]);
        Assert.True(again.Unchanged);
        Assert.Equal(0, again.BytesSent);
        Assert.Equal(loaded.ImageId, await engine.FindAsync(Hello.WithTag("2.0")));
    }

    [RequiresFact("podman", Requirements.Root)]
    public async Task An_image_on_disk_is_loaded_with_its_layers_as_they_are()
    {
        await using var podman = await PodmanService.StartAsync();
        await using var store = await StoreFixture.CreateAsync();
        using var folder = new TemporaryFolder();
        using var made = ContainerImage.FromClosure(await store.GetClosureAsync());
        await made.WriteAsync($"oci:{folder["layout"]}:1");
        using var image = await ContainerImage.OpenAsync($"oci:{folder["layout"]}:1");
        using var engine = new ContainerEngine(EngineAddress.Parse(podman.Address));

        var loaded = await engine.LoadAsync(image, [Hello]);

        Assert.Equal(made.GetManifest().ConfigDescriptor.Digest, loaded.ImageId);
        Assert.Equal(loaded.ImageId, await engine.FindAsync(Hello));
        Assert.True(loaded.BytesSent < 300_000, $"{loaded.BytesSent} bytes were sent");
    }

    [Fact]
    public async Task What_Docker_reports_is_passed_on()
    {
        await using var docker = new FakeEngine();
        await using var store = await StoreFixture.CreateAsync();
        using var image = ContainerImage.FromClosure(await store.GetClosureAsync());
        using var engine = new ContainerEngine(docker.Address);
        var log = new Collected<string>();
        var progress = new Collected<NixProgress>();

        var loaded = await engine.LoadAsync(image, [Hello], new LoadOptions { Log = log, Progress = progress });

        Assert.Equal("manifest.json", docker.Files[^1]);
        Assert.Equal(image.Layers.Count + 2, docker.Files.Count);
        Assert.Equal(docker.Loaded.Length, loaded.BytesSent);
        Assert.Contains($"Loaded image: {Hello}", log.All);
        Assert.Contains(new NixProgress("loading", "1d6b0d2b6f8d", 32768, 65536), progress.All);
    }

    [Fact]
    public async Task An_error_in_the_middle_of_a_good_answer_is_an_error()
    {
        await using var docker = new FakeEngine { Answer = "{\"status\":\"Loading layer\"}\r\n{\"errorDetail\":{\"message\":\"no space left on device\"},\"error\":\"no space left on device\"}\r\n" };
        var exception = await LoadFailsAsync(docker.Address);
        Assert.Equal(NixErrorCodes.EngineRefused, exception.Code);
        Assert.Contains("no space left on device", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_engine_that_reports_no_error_and_has_no_image_is_not_believed()
    {
        await using var docker = new FakeEngine { Answer = "" , KeepsNothing = true };
        Assert.Equal(NixErrorCodes.EngineRefused, (await LoadFailsAsync(docker.Address)).Code);
    }

    [Fact]
    public async Task An_engine_that_answers_nonsense_has_a_code()
    {
        await using var docker = new FakeEngine { Images = "<html>hello</html>" };
        Assert.Equal(NixErrorCodes.EngineAnswerMalformed, (await LoadFailsAsync(docker.Address)).Code);
    }

    [Fact]
    public async Task A_socket_that_nobody_listens_on_has_a_code_and_advice()
    {
        var exception = await LoadFailsAsync(EngineAddress.Parse("unix:///nothing/listens/here.sock"));
        Assert.Equal(NixErrorCodes.EngineUnreachable, exception.Code);
        Assert.Contains("DOCKER_HOST", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_engine_that_falls_silent_is_given_up()
    {
        await using var docker = new FakeEngine();
        docker.Intercept = exchange => exchange.Request.Method == "GET" && docker.Closing.Wait(TimeSpan.FromMinutes(2));
        var exception = await LoadFailsAsync(docker.Address, TimeSpan.FromMilliseconds(200));
        Assert.Equal(NixErrorCodes.EngineUnreachable, exception.Code);
        Assert.Contains("sign of life", exception.Message, StringComparison.Ordinal);
    }

    private static async Task<EngineException> LoadFailsAsync(EngineAddress address, TimeSpan? timeout = null)
    {
        await using var store = await StoreFixture.CreateAsync();
        using var image = ContainerImage.FromClosure(await store.GetClosureAsync());
        using var engine = new ContainerEngine(address, timeout);
        return await Assert.ThrowsAsync<EngineException>(() => engine.LoadAsync(image, [Hello]));
    }

    private sealed class Collected<T> : IProgress<T>
    {
        public List<T> All { get; } = [];

        public void Report(T value) => All.Add(value);
    }
}

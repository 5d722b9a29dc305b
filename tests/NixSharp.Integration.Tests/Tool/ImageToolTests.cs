using Newtonsoft.Json.Linq;
using NixSharp.Images;
using NixSharp.Integration.Tests.Images;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Tool;

public sealed class ImageToolTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresFact("sh", BusyboxStore.Program)]
    public async Task An_image_is_built_on_another_to_standard_output_and_looked_at()
    {
        await using var store = await BusyboxStore.CreateAsync();
        var uri = store.Store.Uri.ToString();
        using (var below = ContainerImage.FromClosure(await store.GetClosureAsync(), new() { Environment = [new("A", "base")], Command = ["serve"] }))
        {
            await below.WriteAsync($"docker-archive:{_folder["base.tar"]}");
        }

        var more = await store.AddScriptAsync("more-1.0", "echo more");
        string[] arguments =
        [
            "dotnet", NixSharpProgram.Assembly, "--store", uri, "-q", "image", "build", more.ToString(),
            "--base", $"docker-archive:{_folder["base.tar"]}", "--link-root", more.ToString(), "--add-user", "app:1000", "--add-group", "staff:50:app",
            "--chmod", "/srv/**=0700", "--chown", "/srv/**=1000:50", "--directory", "/srv/data", "--symlink", "/link=/srv", "--tmp", "--database", "--env", "B=ours",
            "--health-cmd", "/bin/hello", "--health-interval", "5", "--stop-signal", "SIGINT", "--volume", "/srv/data", "--created", "2026-01-31T12:00:00Z", "-o", "oci-archive:-:x",
        ];
        await CommandLine.RunAsync("sh", ["-c", "out=$1; shift; exec \"$@\" >\"$out\"", "sh", _folder["image.tar"], .. arguments]);

        var inspected = JObject.Parse(await NixSharpProgram.RunAsync("image", "inspect", $"oci-archive:{_folder["image.tar"]}", "--verify", "--json"));
        Assert.Equal("linux", ((string)inspected["platform"]!).Split('/')[0]);
        Assert.Equal(new DateTime(2026, 1, 31, 12, 0, 0, DateTimeKind.Utc), (DateTime)inspected["created"]!);
        Assert.Equal(
            """{"Env":["A=base","B=ours"],"Cmd":["serve"],"Volumes":{"/srv/data":{}},"StopSignal":"SIGINT","Healthcheck":{"Test":["CMD-SHELL","/bin/hello"],"Interval":5000000000}}""",
            inspected["config"]!.ToString(Newtonsoft.Json.Formatting.None));
        var layers = (JArray)inspected["layers"]!;
        Assert.Contains(layers.SelectMany(layer => layer["paths"]!), path => (string?)path["path"] == more.BaseName);
        Assert.True((long)inspected["verified"]!["entries"]! > 10);
        var text = await NixSharpProgram.RunAsync("image", "inspect", $"oci-archive:{_folder["image.tar"]}");
        Assert.Contains($"  {more.BaseName}", text, StringComparison.Ordinal);
        Assert.Contains("Env          B=ours", text, StringComparison.Ordinal);
    }

    [RequiresFact("sh", BusyboxStore.Program)]
    public async Task A_wrong_digest_or_platform_of_a_base_is_a_failure_with_a_code()
    {
        await using var store = await BusyboxStore.CreateAsync();
        using (var below = ContainerImage.FromClosure(await store.GetClosureAsync(), new() { Architecture = "s390x" }))
        {
            await below.WriteAsync($"oci:{_folder["base"]}:x");
        }

        string[] build = ["--store", store.Store.Uri.ToString(), "image", "build", store.Application.ToString(), "-o", $"oci:{_folder["out"]}", "--base", $"oci:{_folder["base"]}:x"];
        Assert.Contains(NixErrorCodes.WrongPlatform, (await NixSharpProgram.TryRunAsync([.. build, "--platform", "linux/amd64"])).Error, StringComparison.Ordinal);
        Assert.Contains(NixErrorCodes.BlobDigestMismatch, (await NixSharpProgram.TryRunAsync([.. build, "--platform", "linux/s390x", "--base-digest", $"sha256:{new string('0', 64)}"])).Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["out"]));
    }
}

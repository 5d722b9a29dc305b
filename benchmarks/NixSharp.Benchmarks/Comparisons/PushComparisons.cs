using System.Globalization;
using NixSharp.Images;
using NixSharp.Registries;

namespace NixSharp.Benchmarks.Comparisons;

internal static class PushComparisons
{
    private const int Changes = 12;
    private static readonly string[] Programs = ["skopeo", "docker-registry", "tar", "umoci"];

    /// <summary>Empties the caches in which NixSharp and skopeo remember layers; the second place is skopeo's as root.</summary>
    private static string Forget =>
        $"{Workshop.Clean(Workshop.Cache)}; rm -f /var/lib/containers/cache/blob-info-cache-v1.boltdb ~/.local/share/containers/cache/blob-info-cache-v1.boltdb";

    // A new repository each time; blobs that another one has are not looked for.
    private static string New(string name) => $"{name}-$(date +%s%N)";

    public static async Task<Comparison> FirstAsync(Workshop shop, Func<Task<PushSubject>> make)
    {
        var subject = await make();
        var layout = Workshop.FileOf("umoci-layout");
        await ScriptTimer.RunAsync($"[ -e '{subject.Layout}' ] || {subject.Build(shop, subject.Layout)}");
        return new Comparison(
            $"first push of 1 GB, {subject.Layers.Count} {(subject.Layers.Count == 1 ? "layer" : "layers")}",
            Programs,
            new Contender("nixsharp image push", subject.Push(shop, shop.Registry, New("ours")), Forget),
            [
                new Contender("nixsharp image push, zstd", $"{subject.Push(shop, shop.Registry, New("ours"))} --compression zstd", Forget),
                new Contender("tar, then skopeo copy", $"{subject.MakeArchive()}\n{subject.CopyArchive(shop.Registry, New("tar"))}", Forget),
                new Contender("skopeo copy of a finished OCI layout", PushSubject.CopyLayout(subject.Layout, shop.Registry, New("layout")), Forget),
                new Contender("umoci insert, then skopeo copy", $"{subject.MakeLayoutWithUmoci(layout)}\n{PushSubject.CopyLayout(layout, shop.Registry, New("umoci"))}", Forget),
            ]);
    }

    /// <summary>60 layers that are all there, by machines that remember and by those that have empty caches.</summary>
    public static async Task<Comparison> UnchangedAsync(Workshop shop, bool isSlow)
    {
        var subject = await PushSubject.SixtyAsync();
        var registry = isSlow ? shop.SlowRegistry : shop.Registry;
        var name = isSlow ? "unchanged-slow" : "unchanged";
        var cache = new LayerCache(Path.Combine(Workshop.Cache, "nixsharp", "layers"));
        await ScriptTimer.RunAsync($"""
            [ -e '{subject.Archive}' ] || (
            {subject.MakeArchive()}
            )
            [ -e '{subject.Layout}' ] || {subject.Build(shop, subject.Layout)}
            {subject.Push(shop, shop.Registry, $"{name}-ours")}
            {subject.CopyArchive(shop.Registry, $"{name}-archive")}
            {PushSubject.CopyLayout(subject.Layout, shop.Registry, $"{name}-layout")}
            """);
        var ours = subject.Push(shop, registry, $"{name}-ours");
        var archive = subject.CopyArchive(registry, $"{name}-archive");
        var layout = PushSubject.CopyLayout(subject.Layout, registry, $"{name}-layout");
        return new Comparison(
            $"unchanged push, 60 layers{(isSlow ? ", 50 ms away" : "")}",
            Programs,
            await CountAsync(shop, "nixsharp image push", ours),
            [
                await CountAsync(shop, "nixsharp image push, empty caches", ours, Forget),
                Contender.InProcess("image.PushAsync", () => subject.PushInProcessAsync(registry, $"{name}-ours", cache), ours),
                Contender.InProcess("image.PushAsync, empty caches", () => subject.PushInProcessAsync(registry, $"{name}-ours", null)),
                await CountAsync(shop, "skopeo copy of the archive", archive),
                await CountAsync(shop, "skopeo copy of the archive, empty cache", archive, Forget),
                await CountAsync(shop, "skopeo copy of an OCI layout", layout),
                await CountAsync(shop, "skopeo copy of an OCI layout, empty cache", layout, Forget),
            ]);
    }

    /// <summary>The one small path on top is another each time.</summary>
    public static async Task<Comparison> ChangedAsync(Workshop shop)
    {
        var subject = await PushSubject.SixtyAsync();
        var list = Workshop.FileOf("changes");
        var layout = Workshop.FileOf("changed-layout");
        var changes = new List<PushSubject>();
        for (var number = 0; number < Changes; number++)
        {
            changes.Add(await subject.ChangeAsync(number));
        }

        await File.WriteAllLinesAsync(list, changes.Select(static change => change.Root.ToString()));
        await ScriptTimer.RunAsync($"""
            {string.Join('\n', changes.Select((change, number) => change.Build(shop, layout, $"v{number + 1}")))}
            {subject.Push(shop, shop.Registry, "changed-ours")}
            {PushSubject.CopyLayout(layout, shop.Registry, "changed-layout", "v1")}
            """);
        var next = new Queue<PushSubject>(changes);
        return new Comparison(
            "push after one small change, 60 layers",
            Programs,
            Contender.InProcess("image.PushAsync, empty caches", () => Turn().PushInProcessAsync(shop.Registry, "changed-ours", null)),
            [
                new Contender("nixsharp image push, empty caches", $"{Next("ours")}; '{shop.Tool}' image push $path {shop.Registry}/changed-tool:1 --layering one-per-path --store '{Workshop.Store}' --quiet", Forget),
                new Contender("skopeo copy of an OCI layout", $"{Next("theirs")}; {PushSubject.CopyLayout(layout, shop.Registry, "changed-layout", "v$n")}"),
                new Contender("skopeo copy of an OCI layout, empty cache", $"{Next("theirs")}; {PushSubject.CopyLayout(layout, shop.Registry, "changed-layout", "v$n")}", Forget),
            ]);

        PushSubject Turn()
        {
            var change = next.Dequeue();
            next.Enqueue(change);
            return change;
        }

        string Next(string who) =>
            $"n=$(( ($(cat '{list}-{who}' 2>/dev/null || echo 0) % {Changes}) + 1 )); echo $n > '{list}-{who}'; path=$(sed -n \"${{n}}p\" '{list}')";
    }

    public static async Task<Comparison> PullAsync(Workshop shop)
    {
        var subject = await PushSubject.SixtyAsync();
        var folder = Workshop.InMemory("pulled");
        await ScriptTimer.RunAsync(subject.Push(shop, shop.Registry, "pull"));
        return new Comparison(
            "pull of 1 GB in 60 layers to an OCI layout",
            Programs,
            Contender.InProcess(
                "image.WriteAsync",
                async () =>
                {
                    using var image = await RegistryImage.OpenAsync($"{shop.Registry}/pull:1");
                    await image.WriteAsync($"oci:{folder}:x");
                },
                Workshop.Clean(folder)),
            [new Contender("skopeo copy", $"skopeo copy --src-tls-verify=false docker://{shop.Registry}/pull:1 oci:'{folder}':x", Workshop.Clean(folder))]);
    }

    public static async Task<Comparison> BuildAsync(Workshop shop)
    {
        var subject = await PushSubject.SixtyAsync();
        var folder = Workshop.InMemory("built");
        var prepare = $"{Workshop.Clean(folder)}; {Forget}";
        return new Comparison(
            "build of 1 GB in 60 layers, to an OCI layout",
            Programs,
            new Contender("nixsharp image build", subject.Build(shop, folder), prepare),
            [
                new Contender("tar, then skopeo copy", $"{subject.MakeArchive()}\nskopeo copy docker-archive:'{subject.Archive}' oci:'{folder}':x", prepare),
                new Contender("umoci insert", subject.MakeLayoutWithUmoci(folder), prepare),
            ]);
    }

    /// <summary>A contender that says how many requests it takes. Where nothing else is prepared, it has run before, so that its caches are warm.</summary>
    private static async Task<Contender> CountAsync(Workshop shop, string name, string script, string? prepare = null)
    {
        prepare ??= script;
        await ScriptTimer.RunAsync(prepare);
        var requests = await shop.CountRequestsAsync(script);
        return new Contender(string.Create(CultureInfo.InvariantCulture, $"{name}: {requests} requests"), script, prepare);
    }
}

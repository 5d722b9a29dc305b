using Newtonsoft.Json.Linq;
using NixSharp.Integration.Tests.Tool;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Images;

public sealed class SameEverywhereTests : IDisposable
{
    // The program's own folder may be where others may not look.
    private const string Script =
        """
        set -e
        umask "$MASK"
        mount --make-rprivate /
        mkdir -p "$ROOM/tool"
        mount --bind "$TOOL" "$ROOM/tool"
        if [ "$STORE" = local ]; then mount --bind "$ROOT/nix" /nix; fi
        exec setpriv --reuid "$USER_ID" --regid "$USER_ID" --clear-groups dotnet "$ROOM/tool/nixsharp.dll" "$@"
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresFact("unshare", "setpriv", "chmod", "mount", "dotnet", Requirements.Root)]
    public async Task Layers_have_the_same_digests_for_every_user_time_zone_locale_and_kind_of_store()
    {
        await using var store = await StoreFixture.CreateAsync();
        await CommandLine.RunAsync("chmod", "a+rx", Path.GetDirectoryName(store.Folder)!, _folder.Path);
        foreach (var compression in new[] { "gzip", "zstd:chunked" })
        {
            var here = await BuildAsync(store, compression, "0", "UTC", "C", "022", store.Folder);
            Assert.Equal(4, here.Count);
            Assert.Equal(here, await BuildAsync(store, compression, "65534", "Pacific/Kiritimati", "tr_TR.UTF-8", "077", store.Folder));

            // No daemon, and the store where Nix has it.
            Assert.Equal(here, await BuildAsync(store, compression, "0", "America/St_Johns", "C.UTF-8", "002", "local"));
        }
    }

    private async Task<List<string>> BuildAsync(StoreFixture store, string compression, string user, string zone, string locale, string mask, string uri)
    {
        var work = Directory.CreateDirectory(_folder[Guid.NewGuid().ToString("N")]).FullName;
        await CommandLine.RunAsync("chmod", "a+rwx", work);
        var options = new CommandLineOptions
        {
            Environment = new Dictionary<string, string>
            {
                ["MASK"] = mask,
                ["ROOM"] = _folder.Path,
                ["TOOL"] = Path.GetDirectoryName(NixSharpProgram.Assembly)!,
                ["STORE"] = uri,
                ["ROOT"] = store.Folder,
                ["USER_ID"] = user,
                ["HOME"] = work,
                ["XDG_CACHE_HOME"] = work,
                ["TZ"] = zone,
                ["LC_ALL"] = locale,
                ["LANG"] = locale,
                ["NIX_CONFIG"] = RealNix.Configuration,
            },
        };
        string[] arguments = ["image", "build", store.Application.ToString(), "-o", $"oci:{work}/layout:x", "--layering", "one-per-path", "--compression", compression, "--store", uri, "--json"];
        var result = await CommandLine.TryRunAsync(options, "unshare", ["--mount", "sh", "-c", Script, "sh", .. arguments]);
        Assert.True(result.ExitCode == 0, result.Error);
        return [.. JArray.Parse(result.Output)[0]["layers"]!.Select(layer => $"{layer["digest"]} {layer["diffId"]}"), (string)JArray.Parse(result.Output)[0]["manifestDigest"]!];
    }
}

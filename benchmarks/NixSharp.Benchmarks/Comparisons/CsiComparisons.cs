using System.Buffers;
using System.Diagnostics;
using Google.Protobuf;
using NixSharp.Csi;
using NixSharp.Csi.Grpc;
using NixSharp.Csi.Protocol;
using NixSharp.StorePaths;
using NixSharp.Stores;

namespace NixSharp.Benchmarks.Comparisons;

internal static class CsiComparisons
{
    private const string Volume = "csi-bench";

    private static readonly string Socket = Workshop.FileOf("csi.sock");
    private static readonly string State = Workshop.FileOf("csi");
    private static readonly string Target = Workshop.FileOf("csi-pod/nix");
    private static readonly string Steps = Workshop.FileOf("csi-steps");

    /// <summary>From kubelet's call to the mounted volume, beside the steps of a driver that runs programs.</summary>
    /// <param name="name">The store path's name.</param>
    /// <param name="source">The folder that it is made of.</param>
    /// <param name="files">How many files it has, in words.</param>
    public static async Task<Comparison> PublishAsync(string name, Func<string> source, string files)
    {
        StorePath path;
        await using (var store = LocalStore.Open(Workshop.Store, new StoreOptions { SyncBeforeRegistering = false }))
        {
            path = await store.AddAsync(source(), name);
        }

        var driver = await CsiDriver.StartAsync(new CsiOptions { Endpoint = Socket, Store = Workshop.Store, StateFolder = State, NodeId = "bench", Substituters = [], TrustedKeys = [] });
        await driver.WaitUntilReadyAsync();
        var clean = $"umount '{Steps}/mount' 2>/dev/null || :; {Workshop.Clean(Steps)}; mkdir -p '{Steps}'";
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Process.Start("sh", ["-c", $"{Unpublish()}; {clean}; rmdir '{Steps}'"]).WaitForExit();
        return new Comparison(
            $"publish a volume of {files} files",
            ["curl", "nix", "nix-store", "rsync", "mount"],
            new Contender("NodePublishVolume", Publish(path, "links"), Unpublish()),
            [
                new Contender("NodePublishVolume, engine bind", Publish(path, "bind"), Unpublish()),
                new Contender("nix build, path-info, rsync, dump-db, load-db, mount", Script(path), clean),
            ]);
    }

    private static string Publish(StorePath path, string engine) => Call("NodePublishVolume", $"publish-{path.Name}-{engine}", new NodePublishVolumeRequest
    {
        VolumeId = Volume,
        TargetPath = Target,
        Readonly = true,
        VolumeCapability = new() { Mount = new() },
        VolumeContext = { ["x86_64-linux"] = path.ToString(), ["engine"] = engine },
    });

    private static string Unpublish() => Call("NodeUnpublishVolume", "unpublish", new NodeUnpublishVolumeRequest { VolumeId = Volume, TargetPath = Target });

    /// <summary>A call as a shell makes it; fails unless its status is 0.</summary>
    private static string Call(string method, string name, IMessage message)
    {
        var body = new ArrayBufferWriter<byte>();
        GrpcFrame.Write(body, message);
        var file = Workshop.FileOf($"csi-{name}.grpc");
        File.WriteAllBytes(file, body.WrittenSpan);
        return $"curl -s -D - -o /dev/null --http2-prior-knowledge --unix-socket '{Socket}' -H 'content-type: application/grpc' -H 'te: trailers' --data-binary '@{file}' http://localhost/csi.v1.Node/{method} | grep -q 'grpc-status: 0'";
    }

    private static string Script(StorePath path) => $"""
        mkdir -p '{Steps}/v/nix/store' '{Steps}/v/nix/var/nix/gcroots' '{Steps}/mount'
        nix build --store '{Workshop.Store}' --out-link '{Steps}/root' {path}
        nix path-info --store '{Workshop.Store}' -r {path} > '{Steps}/paths'
        sed 's|^|{Workshop.Store}|' '{Steps}/paths' | xargs sh -c 'rsync --archive --hard-links "$@" "{Steps}/v/nix/store"' sh
        ln -s {path} '{Steps}/v/nix/var/result'
        xargs -a '{Steps}/paths' nix-store --store '{Workshop.Store}' --dump-db | nix-store --store '{Steps}/v' --load-db
        mount --bind '{Steps}/v/nix' '{Steps}/mount'
        mount -o remount,bind,ro '{Steps}/mount'
        """;
}

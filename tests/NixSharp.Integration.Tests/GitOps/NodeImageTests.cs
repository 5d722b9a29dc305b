using Newtonsoft.Json.Linq;
using NixSharp.Integration.Tests.Tool;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.GitOps;

/// <summary>Images that a real Nix builds, as nixpkgs lays out its results, found and copied by the tool.</summary>
public sealed class NodeImageTests : IDisposable
{
    private const string Flake =
        """
        {
          outputs = { self }:
            let
              make = script: derivation {
                name = "image"; system = "x86_64-linux"; builder = "${self}/busybox";
                args = [ "sh" "-euc" "PATH=/bin; b=${self}/busybox; ${script}" ];
              };
            in {
              packages.x86_64-linux.web = make "$b mkdir $out; $b dd if=/dev/zero of=$out/nixos.img bs=1M count=8 2>/dev/null; echo marker >>$out/nixos.img";
              packages.x86_64-linux.pi = make "$b mkdir -p $out/sd-image; $b cp ${self}/pi.img.zst $out/sd-image/nixos-sd-image-26.05-aarch64-linux.img.zst";
              packages.x86_64-linux.empty = make "$b mkdir $out";
            };
        }
        """;

    // Docker and Podman need cgroups of their own. This engine has what matters here: a root, the volumes, and this machine's Nix.
    private const string Engine =
        """
        #!/bin/sh
        set -eu
        echo "$@" >CALLS
        while [ "$1" != --volume ]; do shift; done
        repository=${2%%:*} output=${4%%:*}
        shift 5
        mkdir ROOT
        exec unshare --mount sh -euc '
          root=$1
          mount -t tmpfs none "$root"
          for folder in bin sbin lib lib64 usr etc dev proc; do
            if [ -L /$folder ]; then
              cp -P /$folder "$root/"
            elif [ -d /$folder ]; then
              mkdir "$root/$folder"
              mount --rbind /$folder "$root/$folder"
            fi
          done
          mkdir "$root/tmp" "$root/root" "$root/repo" "$root/output"
          mount --bind "$2" "$root/repo"
          mount --bind "$3" "$root/output"
          shift 3
          exec chroot "$root" "$@"
        ' sh ROOT "$repository" "$output" "$@"
        """;

    private readonly TemporaryFolder _folder = new();

    public NodeImageTests()
    {
        _folder.Write("infra/flake.nix", Flake);
        if (Requirements.Find("busybox") is { } busybox)
        {
            File.Copy(busybox, _folder["infra/busybox"]);
        }
    }

    private string Infra => $"path:{_folder["infra"]}";

    public void Dispose() => _folder.Dispose();

    [RequiresFact("nix", "busybox")]
    public async Task An_image_is_found_by_its_format_and_written_with_holes()
    {
        File.WriteAllText(_folder["infra/pi.img.zst"], "");
        var json = JObject.Parse(await NixSharpProgram.RunAsync("disk", "build", Infra + "#web", "-o", _folder["web.img"], "--store", _folder["store"], "-q", "--json"));
        Assert.Equal((8 << 20) + 7, new FileInfo(_folder["web.img"]).Length);
        Assert.True((long)json["dataSize"]! <= 4 << 20);
        Assert.EndsWith("/nixos.img", (string)json["source"]!, StringComparison.Ordinal);
        var sum = await CommandLine.RunAsync("sha256sum", _folder["web.img"]);
        Assert.Equal((string)json["hash"]!, "sha256-" + Convert.ToBase64String(Convert.FromHexString(sum[..64])));

        var result = await NixSharpProgram.TryRunAsync("disk", "build", Infra + "#empty", "-o", _folder["empty.img"], "--store", _folder["store"], "-q");
        Assert.Contains("NIXS3110", result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["empty.img"]));
    }

    [RequiresFact("nix", "busybox", "zstd")]
    public async Task A_compressed_image_of_another_format_is_decompressed()
    {
        File.WriteAllText(_folder["plain"], new string('x', 100_000));
        await CommandLine.RunAsync("zstd", "-q", _folder["plain"], "-o", _folder["infra/pi.img.zst"]);
        await NixSharpProgram.RunAsync("disk", "build", Infra + "#pi", "--format", "sd-aarch64", "--system", "aarch64-linux", "-o", _folder["pi.img"], "--store", _folder["store"], "-q");
        Assert.Equal(File.ReadAllText(_folder["plain"]), File.ReadAllText(_folder["pi.img"]));

        var result = await NixSharpProgram.TryRunAsync("disk", "build", Infra + "#pi", "--format", "sd-aarch64", "--system", "x86_64-linux", "-o", _folder["no.img"], "--store", _folder["store"], "-q");
        Assert.Contains("NIXS6050", result.Error, StringComparison.Ordinal);
    }

    [RequiresFact("nix", "busybox", "unshare", "chroot", "git")]
    public async Task An_image_can_be_built_in_a_container()
    {
        File.WriteAllText(_folder["infra/pi.img.zst"], "");
        var engine = _folder.Write("engine", Engine.Replace("CALLS", _folder["calls"], StringComparison.Ordinal).Replace("ROOT", _folder["root"], StringComparison.Ordinal));
        File.SetUnixFileMode(engine, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await NixSharpProgram.RunAsync("disk", "build", Infra + "#web", "-o", _folder["out/web.img"], "--engine", engine, "--container-image", "example.org/nix", "-q");
        Assert.Equal((8 << 20) + 7, new FileInfo(_folder["out/web.img"]).Length);
        Assert.StartsWith($"run --rm --privileged --platform linux/amd64 --volume {_folder["infra"]}:/repo:ro --volume {_folder["out"]}/.nixsharp-image-", File.ReadAllText(_folder["calls"]), StringComparison.Ordinal);
        Assert.Equal([_folder["out/web.img"]], Directory.GetFileSystemEntries(_folder["out"]));
    }

    [RequiresFact("sh")]
    public async Task Without_an_emulator_a_container_is_not_even_started()
    {
        var result = await NixSharpProgram.TryRunAsync("disk", "build", Infra + "#web", "--system", "riscv64-linux", "-o", _folder["no.img"], "--engine", "false", "-q");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(File.Exists("/proc/sys/fs/binfmt_misc/qemu-riscv64") ? "NIXS50" : "NIXS6052", result.Error, StringComparison.Ordinal);
    }
}

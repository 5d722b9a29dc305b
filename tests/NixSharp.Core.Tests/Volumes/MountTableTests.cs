using NixSharp.Volumes.Mounting;
using Xunit;

namespace NixSharp.Core.Tests.Volumes;

public sealed class MountTableTests
{
    private static readonly string[] Quiet =
    [
        "22 27 0:21 / /proc rw,relatime - proc proc rw",
        "27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw",
        "30 27 254:16 /data /srv rw,relatime - ext4 /dev/vdb rw",
        "31 27 254:0 /data/volumes/one/nix /elsewhere rw - ext4 /dev/vda rw",
        "32 27 254:16 /data/volumes/one-more/nix /similar rw - ext4 /dev/vdb rw",
    ];

    [Theory]
    [InlineData("40 27 254:16 /data/volumes/one/nix /pod/nix ro - ext4 /dev/vdb rw", "/pod/nix")]
    [InlineData("40 27 254:16 /data/volumes/one /a\\040b ro - ext4 /dev/vdb rw", "/a b")]
    [InlineData("40 30 0:50 / /srv/volumes/one/nix/var rw - tmpfs tmpfs rw", "/srv/volumes/one/nix/var")]
    [InlineData("40 27 0:51 / /pod rw - overlay overlay rw,lowerdir=/other:/srv/volumes/one/nix,upperdir=/u,workdir=/w", "/pod")]
    public void A_mount_of_the_volume_is_found(string line, string point) =>
        Assert.Equal(point, MountTable.Parse([.. Quiet, line]).FindUse("/srv/volumes/one"));

    [Theory]
    [InlineData("40 27 0:51 / /pod rw - overlay overlay rw,lowerdir=/srv/volumes/one-more/nix,upperdir=/u,workdir=/w")]
    [InlineData("nonsense")]
    [InlineData("40 27 254:0 /data/volumes/one /pod rw - ext4 /dev/vda rw")]
    public void Mounts_of_other_things_are_not(string line) =>
        Assert.Null(MountTable.Parse([.. Quiet, line]).FindUse("/srv/volumes/one"));
}

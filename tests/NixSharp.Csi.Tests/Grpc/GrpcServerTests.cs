using System.Buffers.Binary;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using NixSharp.Csi.Protocol;
using NixSharp.Csi.Tests.Http2;
using Xunit;

namespace NixSharp.Csi.Tests.Grpc;

public sealed class GrpcServerTests(GrpcServerFixture server) : IClassFixture<GrpcServerFixture>
{
    private const string GetInfo = "/csi.v1.Identity/GetPluginInfo";
    private const string Publish = "/csi.v1.Node/NodePublishVolume";

    [Fact]
    public async Task A_call_is_answered()
    {
        using var client = new CsiClient(server.Socket);
        Assert.Equal("grpc", (await client.IdentityAsync<GetPluginInfoRequest, GetPluginInfoResponse>(new())).Name);
    }

    [Fact]
    public async Task A_large_message_passes()
    {
        using var client = new CsiClient(server.Socket);
        var request = new NodePublishVolumeRequest { VolumeId = new string('v', 3_000_000) };
        await client.NodeAsync<NodePublishVolumeRequest, NodePublishVolumeResponse>(request);
    }

    [Fact]
    public async Task A_message_that_is_too_large_is_refused()
    {
        using var client = new CsiClient(server.Socket);
        var request = new NodePublishVolumeRequest { VolumeId = new string('v', 5_000_000) };
        Assert.Equal(StatusCode.ResourceExhausted, (await FailAsync(client, request)).StatusCode);
    }

    [Fact]
    public async Task A_failure_is_told_with_its_words()
    {
        using var client = new CsiClient(server.Socket);
        var failure = await FailAsync(client, new() { VolumeId = "known" });
        Assert.Equal(StatusCode.DataLoss, failure.StatusCode);
        Assert.Equal("a known failure: 100 %, größer\nof two lines", failure.Status.Detail);
    }

    [Fact]
    public async Task A_mistake_is_told_as_an_internal_error()
    {
        using var client = new CsiClient(server.Socket);
        Assert.Equal(StatusCode.Internal, (await FailAsync(client, new() { VolumeId = "unknown" })).StatusCode);
        Assert.Contains(server.Calls, static call => call.Error is InvalidOperationException);
    }

    [Fact]
    public async Task A_method_that_is_not_there_is_unimplemented()
    {
        using var client = new CsiClient(server.Socket);
        var failure = await Assert.ThrowsAsync<RpcException>(() => client.IdentityAsync<ProbeRequest, ProbeResponse>(new()));
        Assert.Equal(StatusCode.Unimplemented, failure.StatusCode);
    }

    [Fact]
    public async Task The_caller_s_deadline_counts()
    {
        using var client = new CsiClient(server.Socket);
        var request = new NodePublishVolumeRequest { VolumeId = "wait" };
        var failure = await Assert.ThrowsAsync<RpcException>(() => client.NodeAsync<NodePublishVolumeRequest, NodePublishVolumeResponse>(request, TimeSpan.FromMilliseconds(300)));
        Assert.Equal(StatusCode.DeadlineExceeded, failure.StatusCode);
    }

    [Theory]
    [InlineData("100m", 4)]
    [InlineData("soon", 13)]
    public async Task A_deadline_is_kept_by_the_server_itself(string timeout, int status) =>
        Assert.Equal(status, await CallRawAsync(Publish, "localhost", Frame(new NodePublishVolumeRequest { VolumeId = "wait" }), ("grpc-timeout", timeout)));

    [Theory]
    [InlineData("localhost")]
    [InlineData("")]
    [InlineData("/csi/csi.sock")]
    [InlineData("%2Fcsi%2Fcsi.sock")]
    [InlineData("unix:///var/lib/kubelet/plugins/nix.csi.store/csi.sock")]
    [InlineData("a b\\c")]
    public async Task Any_authority_is_tolerated(string authority) =>
        Assert.Equal(0, await CallRawAsync(GetInfo, authority, Frame(new GetPluginInfoRequest())));

    [Fact]
    public async Task An_authority_that_is_remembered_is_tolerated_again_and_again()
    {
        using var client = await RawHttp2.ConnectAsync(server.Socket);
        await client.SendAsync(RawHttp2.Headers, 0x4, 1, RawHttp2.Block(GetInfo, "/csi/csi.sock"));
        await client.SendAsync(RawHttp2.Data, 0x1, 1, Frame(new GetPluginInfoRequest()));
        Assert.Equal(0, StatusOf(await client.ReadEndAsync(1)));

        // All from the table of what was sent before: :path, :authority, content-type, te.
        for (var stream = 3; stream < 9; stream += 2)
        {
            await client.SendAsync(RawHttp2.Headers, 0x4, stream, [0x83, 0x86, 0xc1, 0xc0, 0xbf, 0xbe]);
            await client.SendAsync(RawHttp2.Data, 0x1, stream, Frame(new GetPluginInfoRequest()));
            Assert.Equal(RawHttp2.Headers, (await client.ReadEndAsync(stream)).Type);
        }
    }

    [Fact]
    public async Task Headers_in_several_frames_with_padding_and_priority_are_understood()
    {
        using var client = await RawHttp2.ConnectAsync(server.Socket);
        var block = RawHttp2.Block(GetInfo, "/csi/csi.sock");
        await client.SendAsync(RawHttp2.Headers, 0x8 | 0x20, 1, [4, 0, 0, 0, 0, 15, .. block[..20], 0, 0, 0, 0]);
        await client.SendAsync(RawHttp2.Continuation, 0, 1, block[20..45]);
        await client.SendAsync(RawHttp2.Continuation, 0x4, 1, block[45..]);
        await client.SendAsync(RawHttp2.Data, 0x1, 1, Frame(new GetPluginInfoRequest()));
        Assert.Equal(0, StatusOf(await client.ReadEndAsync(1)));
    }

    [Fact]
    public async Task Headers_that_are_out_of_order_end_the_connection()
    {
        using var client = await RawHttp2.ConnectAsync(server.Socket);
        await client.SendAsync(RawHttp2.Continuation, 0x4, 1, RawHttp2.Block(GetInfo, "localhost"));
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            if ((await client.ReadEndAsync(1)).Type == RawHttp2.GoAway)
            {
                throw new EndOfStreamException();
            }
        });
    }

    [Fact]
    public async Task A_compressed_message_is_refused()
    {
        Assert.Equal(12, await CallRawAsync(GetInfo, "localhost", [1, 0, 0, 0, 0], ("grpc-encoding", "gzip")));
        Assert.Equal(13, await CallRawAsync(GetInfo, "localhost", [1, 0, 0, 0, 0]));
    }

    [Fact]
    public async Task What_is_no_message_is_refused()
    {
        Assert.Equal(13, await CallRawAsync(GetInfo, "localhost", []));
        Assert.Equal(13, await CallRawAsync(GetInfo, "localhost", [0, 0, 0]));
        Assert.Equal(13, await CallRawAsync(GetInfo, "localhost", [0, 0, 0, 0, 9, 1]));
        Assert.Equal(13, await CallRawAsync(GetInfo, "localhost", [0, 0, 0, 0, 1, 0xff]));
        Assert.Equal(13, await CallRawAsync(GetInfo, "localhost", [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
        Assert.Equal(8, await CallRawAsync(GetInfo, "localhost", [0, 0xff, 0xff, 0xff, 0xff]));
    }

    private static byte[] Frame(IMessage message)
    {
        var bytes = message.ToByteArray();
        var frame = new byte[5 + bytes.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), bytes.Length);
        bytes.CopyTo(frame, 5);
        return frame;
    }

    private static Task<RpcException> FailAsync(CsiClient client, NodePublishVolumeRequest request) =>
        Assert.ThrowsAsync<RpcException>(() => client.NodeAsync<NodePublishVolumeRequest, NodePublishVolumeResponse>(request));

    private async Task<int> CallRawAsync(string path, string authority, byte[] body, params (string Name, string Value)[] more)
    {
        using var client = await RawHttp2.ConnectAsync(server.Socket);
        await client.SendAsync(RawHttp2.Headers, 0x4, 1, RawHttp2.Block(path, authority, more));
        await client.SendAsync(RawHttp2.Data, 0x1, 1, body);
        return StatusOf(await client.ReadEndAsync(1));
    }

    /// <summary>Finds <c>grpc-status</c>, which Kestrel writes without Huffman code.</summary>
    private static int StatusOf((byte Type, byte[] Payload) end)
    {
        Assert.Equal(RawHttp2.Headers, end.Type);
        var text = Encoding.Latin1.GetString(end.Payload);
        var at = text.IndexOf("grpc-status", StringComparison.Ordinal);
        Assert.True(at > 0, "no grpc-status");
        var value = at + "grpc-status".Length;
        return int.Parse(text.AsSpan(value + 1, text[value]), System.Globalization.CultureInfo.InvariantCulture);
    }
}

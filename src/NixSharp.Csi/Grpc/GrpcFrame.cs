using System.Buffers;
using System.Buffers.Binary;
using Google.Protobuf;

namespace NixSharp.Csi.Grpc;

/// <summary>How gRPC frames the one message of a call: a byte that says whether it is compressed, its length, itself.</summary>
internal static class GrpcFrame
{
    private const int HeaderSize = 5;
    private const int MaxMessageSize = 4 * 1024 * 1024;

    /// <summary>Reads the only message of a request.</summary>
    /// <exception cref="GrpcException">There is none, more than one, or one that is too large, compressed or cut off.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(Stream body, CancellationToken cancellationToken)
    {
        var header = new byte[HeaderSize];
        await FillAsync(body, header, cancellationToken).ConfigureAwait(false);
        if (header[0] != 0)
        {
            throw new GrpcException(GrpcStatus.Internal, "The message is compressed, and the call does not say how.");
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(1));
        if (length > MaxMessageSize)
        {
            throw new GrpcException(GrpcStatus.ResourceExhausted, $"The message has {length} bytes, and {MaxMessageSize} are allowed.");
        }

        var message = new byte[length];
        await FillAsync(body, message, cancellationToken).ConfigureAwait(false);
        return await body.ReadAsync(header, cancellationToken).ConfigureAwait(false) == 0
            ? message
            : throw new GrpcException(GrpcStatus.Internal, "The call has more than one message.");
    }

    /// <summary>Writes the only message of an answer.</summary>
    public static void Write(IBufferWriter<byte> writer, IMessage message)
    {
        var header = writer.GetSpan(HeaderSize);
        header[0] = 0;
        BinaryPrimitives.WriteInt32BigEndian(header[1..], message.CalculateSize());
        writer.Advance(HeaderSize);
        message.WriteTo(writer);
    }

    private static async Task FillAsync(Stream body, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false) < buffer.Length)
        {
            throw new GrpcException(GrpcStatus.Internal, "The call has no message, or one that was cut off.");
        }
    }
}

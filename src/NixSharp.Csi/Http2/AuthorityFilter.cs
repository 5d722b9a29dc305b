using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace NixSharp.Csi.Http2;

/// <summary>
/// Stands before Kestrel, which refuses requests whose <c>:authority</c> is no host, such as the path of a socket that
/// some clients send. On a unix socket an authority says nothing, so whatever it is, it is replaced.
/// </summary>
internal static class AuthorityFilter
{
    /// <summary>Lets <paramref name="next"/> handle the connection, with other authorities.</summary>
    public static async Task RunAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var original = connection.Transport;
        var pipe = new Pipe();
        var copying = CopyAsync(original.Input, pipe.Writer);
        connection.Transport = new Transport(pipe.Reader, original.Output);
        try
        {
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            connection.Transport = original;
            await pipe.Reader.CompleteAsync().ConfigureAwait(false);
            original.Input.CancelPendingRead();
            await copying.ConfigureAwait(false);
        }
    }

    private static async Task CopyAsync(PipeReader input, PipeWriter output)
    {
        using var editor = new FrameEditor();
        Exception? failure = null;
        try
        {
            while (true)
            {
                var result = await input.ReadAsync().ConfigureAwait(false);
                var consumed = editor.Edit(result.Buffer, output);
                input.AdvanceTo(consumed, result.Buffer.End);
                var flushed = await output.FlushAsync().ConfigureAwait(false);
                if (result.IsCompleted || result.IsCanceled || flushed.IsCompleted)
                {
                    break;
                }
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or InvalidDataException or InvalidOperationException)
        {
            failure = error;
        }

        await output.CompleteAsync(failure).ConfigureAwait(false);
    }

    private sealed record Transport(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}

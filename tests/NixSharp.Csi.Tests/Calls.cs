using Grpc.Core;
using Xunit;

namespace NixSharp.Csi.Tests;

/// <summary>What calls come to.</summary>
internal static class Calls
{
    /// <summary>Waits for a call that has to fail.</summary>
    /// <param name="call">The call.</param>
    /// <param name="status">The status that it has to fail with.</param>
    /// <param name="code">The code that the message has to begin with.</param>
    /// <returns>The message.</returns>
    public static async Task<string> FailsAsync(Task call, StatusCode status, string code)
    {
        var error = await Assert.ThrowsAsync<RpcException>(() => call);
        Assert.Equal((status, code), (error.StatusCode, error.Status.Detail.Split(':')[0]));
        return error.Status.Detail;
    }

    /// <summary>Publishes again and again, as kubelet does, until the driver does not say any more that it is busy.</summary>
    public static async Task PublishUntilDoneAsync(this CsiClient client, string volume, string target, params (string Name, string Value)[] attributes)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await client.PublishAsync(volume, target, attributes);
                return;
            }
            catch (RpcException error) when (error.StatusCode == StatusCode.Aborted && attempt < 600)
            {
                await Task.Delay(100);
            }
        }
    }
}

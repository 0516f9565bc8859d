"""Java, with the official SDK."""

from hostward.api.programs.call import Call
from hostward.api.programs.quoting import double_quoted, json_text

_OWN_CA = "// Its own CA must be in the trust store: see docs/howto/tls.md\n"


def program(call: Call) -> str:
    """A class Main; it needs com.tencentcloudapi:tencentcloud-sdk-java-common."""
    own_ca = _OWN_CA if call.endpoint.ca_file else ""
    return f"""\
// Needs com.tencentcloudapi:tencentcloud-sdk-java-common, and the key in the environment.
{own_ca}import com.tencentcloudapi.common.CommonClient;
import com.tencentcloudapi.common.Credential;
import com.tencentcloudapi.common.exception.TencentCloudSDKException;
import com.tencentcloudapi.common.profile.ClientProfile;
import com.tencentcloudapi.common.profile.HttpProfile;

public class Main {{
    public static void main(String[] arguments) throws TencentCloudSDKException {{
        Credential key = new Credential(
            System.getenv("TENCENTCLOUD_SECRET_ID"),
            System.getenv("TENCENTCLOUD_SECRET_KEY"),
            System.getenv("TENCENTCLOUD_TOKEN"));
        HttpProfile http = new HttpProfile();
        http.setProtocol("{call.endpoint.scheme}://");
        http.setEndpoint("{call.endpoint.host}");
        ClientProfile profile = new ClientProfile();
        profile.setHttpProfile(http);
        CommonClient client = new CommonClient("{call.service}", "{call.version}", key, "", profile);
        String parameters = {double_quoted(json_text(call.parameters))};
        System.out.println(client.call({double_quoted(call.action)}, parameters));
    }}
}}
"""
